"""Pictures as they are kept: location data stripped, under a name that says nothing (rules 13)."""

import io
import secrets
import shutil
import struct
from typing import IO

import fsspec
from PIL import Image, ImageOps

from bot.wechat.client import Client
from bot.wechat.errors import Refusal, Unclear

LONGEST_SIDE = 2000  # pixels: enough to read a certificate
MOST_PIXELS = 80_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")


class Cabinet:
    """Where pictures are kept: a folder or any fsspec URL."""

    def __init__(self, url: str) -> None:
        self.files, self.root = fsspec.core.url_to_fs(url)

    def put(self, data: bytes) -> str:
        """Keep a picture; returns its name. Raises ValueError when it is none."""
        pixels = stripped(data)
        name = f"{secrets.token_hex(16)}.jpg"
        self.files.makedirs(self.root, exist_ok=True)
        with self.files.open(f"{self.root}/{name}", "wb") as file:
            file.write(pixels)
        return name

    def keep(self, name: str, data: IO[bytes]) -> None:
        """Keep a picture of a backup under its own name."""
        self.files.makedirs(self.root, exist_ok=True)
        with self.files.open(f"{self.root}/{name}", "wb") as file:
            shutil.copyfileobj(data, file)

    def names(self) -> set[str]:
        """The names of everything that is kept."""
        if not self.files.exists(self.root):
            return set()
        return {path.rpartition("/")[2] for path in self.files.ls(self.root, detail=False)}

    def get(self, name: str) -> bytes:
        """A kept picture."""
        with self.files.open(f"{self.root}/{name}", "rb") as file:
            data: bytes = file.read()
        return data


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


class Keeper:
    """Fetches a picture from the platform and keeps it (``jobs.pictures.Keep``)."""

    def __init__(self, client: Client, cabinet: Cabinet) -> None:
        self.client = client
        self.cabinet = cabinet

    async def __call__(self, media_id: str) -> str | None:
        try:
            media = await self.client.fetch_media(media_id)
            return self.cabinet.put(media.data)
        except (Refusal, Unclear, ValueError, OSError):
            return None
