"""Temporary media: pictures and voice that users send, and what the bot uploads; kept for 3 days (wechat.md 6)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.errors import ApiError
from bot.sandbox.store import Store

LIFE = timedelta(days=3)
MEGABYTE = 1024 * 1024
FROM_USERS = 10 * MEGABYTE
LIMITS = {  # bytes at most, and the errcode of a larger file
    "image": (2 * MEGABYTE, 40009),
    "voice": (2 * MEGABYTE, 40010),
    "video": (10 * MEGABYTE, 40011),
    "thumb": (64 * 1024, 40012),
}
SIGNS = (  # the first bytes of a file, its MIME type and the media types it may be
    (b"\xff\xd8\xff", "image/jpeg", {"image", "thumb"}),
    (b"\x89PNG\r\n\x1a\n", "image/png", {"image"}),
    (b"GIF8", "image/gif", {"image"}),
    (b"#!AMR", "audio/amr", {"voice"}),
    (b"ID3", "audio/mpeg", {"voice"}),
    (b"\xff\xfb", "audio/mpeg", {"voice"}),
)
SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "audio/amr": "amr",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
}


@dataclass(frozen=True)
class Medium:
    """One stored file."""

    media_id: str
    kind: str
    mime: str
    at: datetime
    data: bytes

    @property
    def filename(self) -> str:
        """The name it is handed out under."""
        return f"{self.media_id}.{SUFFIXES[self.mime]}"


def mime_of(kind: str, data: bytes) -> str:
    """The MIME type by the file's own bytes; raises ApiError 40004 or 40005."""
    if kind not in LIMITS:
        raise ApiError(40004)
    if kind == "video" and data[4:8] == b"ftyp":
        return "video/mp4"
    for sign, mime, kinds in SIGNS:
        if data.startswith(sign) and kind in kinds:
            return mime
    raise ApiError(40005)


class Media:
    """The account's temporary media, in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, kind: str, data: bytes, now: datetime, *, limit: int | None = None) -> Medium:
        """Keep a file; raises ApiError for a wrong kind, an empty, an unknown or a too large file.

        `limit` in bytes takes the place of the upload's own: users may send larger pictures than the bot may upload.
        """
        if not data:
            raise ApiError(41005)
        mime = mime_of(kind, data)
        most, code = LIMITS[kind]
        if len(data) > (limit or most):
            raise ApiError(code)
        medium = Medium(secrets.token_urlsafe(48), kind, mime, now, data)
        body: dict[str, Any] = {"kind": kind, "mime": mime, "at": now.isoformat()}
        self._store.keep_media(medium.media_id, body, data)
        return medium

    def find(self, media_id: str) -> Medium | None:
        """A file by its id, however old: the page shows old pictures too."""
        found = self._store.media(media_id)
        if found is None:
            return None
        body, data = found
        return Medium(media_id, body["kind"], body["mime"], datetime.fromisoformat(body["at"]), data)

    def get(self, media_id: object, now: datetime, *, kind: str | None = None) -> Medium:
        """A file that has not expired and is of this kind; raises ApiError 40007."""
        medium = self.find(media_id) if isinstance(media_id, str) else None
        if medium is None or now >= medium.at + LIFE or (kind is not None and medium.kind != kind):
            raise ApiError(40007)
        return medium
