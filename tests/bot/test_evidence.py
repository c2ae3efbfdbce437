"""Evidence as it is kept: pixels alone, upright, under a name that says nothing (rules 13)."""

import asyncio
import io
import random
import re
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.evidence import Cabinet, Keeper
from bot.pixels import LONGEST_SIDE, MOST_PIXELS, stripped
from bot.wechat.client import Client, Media
from bot.wechat.errors import Fault, Refusal, Unclear

MODEL, ORIENTATION, PLACE = 0x0110, 0x0112, 0x8825
ROTATED = 6  # the camera was held upright, the sensor saw it lying


def picture(size: tuple[int, int] = (64, 48), kind: str = "JPEG", mode: str = "RGB", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, more.pop("color", "seagreen")).save(out, kind, **more)
    return out.getvalue()


def shown(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_place_camera_and_comment_are_gone_and_the_picture_is_upright() -> None:
    exif = Image.Exif()
    exif[MODEL], exif[ORIENTATION] = "Camera of Zhang San", ROTATED
    exif.get_ifd(PLACE).update({1: "N", 2: (30.0, 34.0, 21.0)})
    data = picture(exif=exif, comment=b"taken at home", xmp=b"<x:xmpmeta>30.5,104.0</x:xmpmeta>")
    kept = stripped(data)
    image = shown(kept)
    assert (image.format, image.size) == ("JPEG", (48, 64))
    assert not image.getexif()
    for secret in (b"Zhang San", b"at home", b"104.0"):
        assert secret in data
        assert secret not in kept


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP", "BMP"])
def test_every_kind_of_picture_that_phones_send_becomes_a_jpeg(kind: str) -> None:
    assert shown(stripped(picture(kind=kind))).format == "JPEG"


def test_a_large_one_is_made_small_enough_to_read() -> None:
    assert shown(stripped(picture((5000, 1000)))).size == (LONGEST_SIDE, LONGEST_SIDE // 5)


def test_dark_words_on_nothing_become_dark_words_on_white() -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 20, 40))
    out = io.BytesIO()
    image.save(out, "PNG")
    kept = shown(stripped(out.getvalue()))
    words, nothing = kept.getpixel((5, 20)), kept.getpixel((35, 20))
    assert isinstance(words, tuple)
    assert isinstance(nothing, tuple)
    assert max(words) < 40
    assert min(nothing) > 215


def test_a_note_on_how_it_was_held_that_cannot_be_read_costs_nobody_the_picture() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = ROTATED
    broken = picture(kind="WEBP", exif=exif).replace(b"MM\x00*", b"MM\xff*")
    assert shown(stripped(broken)).size == (64, 48)


def bomb() -> bytes:
    """A PNG of a few bytes that claims to be larger than anybody could look at."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    side = int(MOST_PIXELS**0.5) + 1
    header = chunk(b"IHDR", side.to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00")
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>", b"%PDF-1.7 ", b"\xff\xd8\xff", picture()[:-200], picture(kind="TIFF"), bomb()],
    ids=["nothing", "a page", "a PDF", "a head", "half a picture", "a format nobody sends", "a bomb"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a picture"):
        stripped(data)


@pytest.mark.filterwarnings("ignore")  # Pillow's remarks on what is broken
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_broken_pictures_are_kept_or_refused_and_raise_nothing_else(kind: str) -> None:
    dice = random.Random(kind)
    exif = Image.Exif()
    exif[ORIENTATION] = ROTATED
    noted: dict[str, Any] = {"exif": exif} if kind in ("JPEG", "PNG", "WEBP") else {}
    whole = picture(kind=kind, **noted)
    kept = 0
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        with suppress(ValueError):
            kept += len(stripped(bytes(data))) > 0
    assert 0 < kept < 400


@pytest.mark.parametrize("where", ["folder", "url", "fsspec"])
def test_the_cabinet_gives_back_what_was_put_into_it(where: str, tmp_path: Path) -> None:
    places = {"folder": str(tmp_path / "a" / "b"), "url": (tmp_path / "c").as_uri(), "fsspec": "memory://evidence"}
    cabinet = Cabinet(places[where])
    assert cabinet.names() == set()
    data = picture()
    names = [cabinet.put(data) for _ in range(3)]
    assert len(set(names)) == 3
    for name in names:
        assert re.fullmatch(r"[0-9a-f]{32}\.jpg", name)
        assert cabinet.get(name) == stripped(data)
    cabinet.keep("of-a-backup.jpg", io.BytesIO(data))
    assert Cabinet(places[where]).names() == {*names, "of-a-backup.jpg"}  # as another process sees it
    assert cabinet.get("of-a-backup.jpg") == data


class Shelf(Client):
    """A client whose platform holds one file, or fails in a chosen way."""

    def __init__(self, found: bytes | Exception) -> None:
        self.found = found

    async def fetch_media(self, media_id: str) -> Media:
        if isinstance(self.found, Exception):
            raise self.found
        return Media(self.found, "image/jpeg")


def test_what_was_fetched_is_kept(tmp_path: Path) -> None:
    cabinet = Cabinet(str(tmp_path))
    name = asyncio.run(Keeper(Shelf(picture()), cabinet)("media"))
    assert name is not None
    assert shown(cabinet.get(name)).size == (64, 48)


@pytest.mark.parametrize(
    "found",
    [Refusal(40007, Fault.MEDIA, "invalid media_id"), Unclear("no answer in time"), b"no picture"],
    ids=["refused", "unclear", "no picture"],
)
def test_what_cannot_be_had_is_tried_again_later(found: bytes | Exception, tmp_path: Path) -> None:
    assert asyncio.run(Keeper(Shelf(found), Cabinet(str(tmp_path / "new")))("media")) is None
    assert not (tmp_path / "new").exists()


def test_a_full_disk_is_no_reason_to_give_a_picture_up(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way of the folder")
    assert asyncio.run(Keeper(Shelf(picture()), Cabinet(str(tmp_path / "file" / "folder")))("media")) is None
