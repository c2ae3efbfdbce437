"""Pictures without what they tell beside themselves (rules 13)."""

import io
import struct

from PIL import Image, ImageOps

LONGEST_SIDE = 2000  # pixels: enough to read a certificate
MOST_PIXELS = 80_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")


def stripped(data: bytes) -> bytes:
    """A picture as a JPEG of pixels alone: no place, no camera, no name. Raises ValueError when it is none."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded no larger than needed
            picture = _on_white(_upright(opened))
    except Exception as error:
        raise ValueError("not a picture") from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture.info.clear()  # a comment, for one, would be written again
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    """The picture as it was held, where its note on that can be read."""
    try:
        return ImageOps.exif_transpose(picture)
    except (SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return picture


def _on_white(picture: Image.Image) -> Image.Image:
    """The picture without anything to see through: dark words on nothing would be dark on dark."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer)
    return paper
