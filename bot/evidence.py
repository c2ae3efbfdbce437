"""Pictures as they are kept: location data stripped, under a name that says nothing (rules 13)."""

import io
import secrets

import fsspec
from PIL import Image, ImageOps, UnidentifiedImageError

from bot.wechat.client import Client
from bot.wechat.errors import Refusal, Unclear

LONGEST_SIDE = 2000  # pixels: enough to read a certificate


class Cabinet:
    """Where pictures are kept: a folder or any fsspec URL."""

    def __init__(self, url: str) -> None:
        self.files, self.root = fsspec.core.url_to_fs(url)

    def put(self, data: bytes) -> str:
        """Keep a picture; returns its name. Raises ValueError when it is none."""
        name = f"{secrets.token_hex(16)}.jpg"
        self.files.makedirs(self.root, exist_ok=True)
        with self.files.open(f"{self.root}/{name}", "wb") as file:
            file.write(stripped(data))
        return name

    def get(self, name: str) -> bytes:
        """A kept picture."""
        with self.files.open(f"{self.root}/{name}", "rb") as file:
            data: bytes = file.read()
        return data


def stripped(data: bytes) -> bytes:
    """A picture as a JPEG of pixels alone: no place, no camera, no name. Raises ValueError when it is none."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise ValueError("not a picture") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=85)
    return out.getvalue()


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
