"""Pictures as they are kept: location data stripped, under a name that says nothing (rules 13)."""

import secrets
import shutil
from typing import IO

import fsspec

from bot.wechat.client import Client
from bot.wechat.errors import Refusal, Unclear


class Cabinet:
    """Where pictures are kept: a folder or any fsspec URL."""

    def __init__(self, url: str) -> None:
        self.files, self.root = fsspec.core.url_to_fs(url)

    def put(self, data: bytes) -> str:
        """Keep a picture; returns its name. Raises ValueError when it is none."""
        from bot.pixels import stripped  # noqa: PLC0415  # 5 MB, of which most processes have no use

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
