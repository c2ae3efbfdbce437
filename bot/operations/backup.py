"""``xianfeng backup`` and ``restore``: the whole state in one tar file, evidence included (contract).

The manifest comes first, then the database, then the pictures it names. config.toml is not in it, so no secret is.
Pictures are never changed or removed, and each is kept before its row is, so that those of the database's moment are
still there when it has been dumped.
"""

import hashlib
import io
import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot import database
from bot.evidence import Cabinet
from bot.office.aside import aside
from bot.operations import dumps
from bot.operations.manifest import DATABASE, EVIDENCE, NAME, Manifest, Unusable
from models import migrations, verification
from models.pictures import Picture

_PICTURE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,199}")
_BROKEN = "这不是先锋的备份文件，或者不完整，没有恢复"
KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def make(engine: Engine, cabinet: Cabinet, file: Path, now: datetime) -> Manifest:
    """Back everything up while others go on; ``file`` is there when it is whole, and only its owner reads it."""
    if file.exists():
        raise Unusable(f"{file} 已经有了，没有备份；请换一个文件名")
    with TemporaryDirectory(dir=file.parent, prefix=".xianfeng-") as folder, aside(file) as whole:
        dump = Path(folder) / DATABASE
        with dumps.dumped(engine, dump) as session:
            names = _pictures(session)
            heads = verification.heads(session)
            revision = migrations.current(session.connection())
        kept = cabinet.names()
        missing = [name for name in names if name not in kept]
        manifest = Manifest(
            dialect=engine.dialect.name,
            revision=str(revision),
            made_at=now,
            database_sha256=_sha256(dump),
            pictures=len(names) - len(missing),
            heads=heads,
            missing=missing,
        )
        _write(whole, manifest, dump, cabinet, [name for name in names if name in kept])
    return manifest


def _pictures(session: Session) -> list[str]:
    """The names of all pictures that are kept."""
    query = select(Picture.stored_as).where(Picture.stored_as.is_not(None)).order_by(Picture.id)
    return list(dict.fromkeys(str(name) for name in session.scalars(query)))


def _write(whole: Path, manifest: Manifest, dump: Path, cabinet: Cabinet, names: list[str]) -> None:
    with tarfile.open(whole, "w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, NAME, io.BytesIO(manifest.render()), len(manifest.render()), manifest.made_at)
        with dump.open("rb") as data:
            _add(tar, DATABASE, data, dump.stat().st_size, manifest.made_at)
        for name in names:
            picture = cabinet.get(name)
            _add(tar, EVIDENCE + name, io.BytesIO(picture), len(picture), manifest.made_at)


def _add(tar: tarfile.TarFile, name: str, data: IO[bytes], size: int, at: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(at.timestamp())
    tar.addfile(entry, data)


@contextmanager
def opened(file: Path, scratch: Path) -> Iterator[tuple[Manifest, Path, tarfile.TarFile]]:
    """A backup that has been read through and found whole: its manifest, its database's dump, and the tar.

    Raises Unusable. ``scratch`` is a folder where the dump is put.
    """
    try:
        with tarfile.open(file, "r:") as tar:
            manifest = Manifest.read(_read_first(tar))
            dump = scratch / DATABASE
            pictures = 0
            for entry in tar:
                data = tar.extractfile(entry)
                if data is None:
                    raise Unusable(_BROKEN)
                if entry.name == DATABASE:
                    with dump.open("wb") as copy:
                        shutil.copyfileobj(data, copy)
                elif entry.name != NAME:
                    name_of(entry)
                    pictures += 1
                    _read_through(data)
            if not dump.exists() or _sha256(dump) != manifest.database_sha256 or pictures != manifest.pictures:
                raise Unusable(_BROKEN)
            yield manifest, dump, tar
    except (tarfile.TarError, EOFError):
        raise Unusable(_BROKEN) from None


def _read_first(tar: tarfile.TarFile) -> bytes:
    first = tar.next()
    data = tar.extractfile(first) if first is not None and first.name == NAME else None
    if data is None:
        raise Unusable(_BROKEN)
    return data.read()


def _read_through(data: IO[bytes]) -> None:
    while data.read(1 << 20):
        pass


def name_of(entry: tarfile.TarInfo) -> str:
    """The name of a picture, which leads nowhere but into the cabinet; raises Unusable."""
    name = entry.name.removeprefix(EVIDENCE)
    if not entry.isfile() or not entry.name.startswith(EVIDENCE) or not _PICTURE.fullmatch(name):
        raise Unusable(_BROKEN)
    return name


def restore(engine: Engine, cabinet: Cabinet, file: Path) -> Manifest:
    """Fill an empty database and the cabinet from a backup, and bring an older one up to date. Raises Unusable.

    The pictures come first: should that fail, the database is still empty, and all can be done again.
    """
    dumps.check_empty(engine)
    beside = file.parent if os.access(file.parent, os.W_OK) else None  # /tmp may be too small for it
    with (
        TemporaryDirectory(dir=beside, prefix=".xianfeng-") as folder,
        opened(file, Path(folder)) as (manifest, dump, tar),
    ):
        if not migrations.knows(manifest.revision):
            raise Unusable("备份比程序新，没有恢复；请换用较新的程序")
        if manifest.dialect != engine.dialect.name:
            kind = KINDS.get(manifest.dialect, manifest.dialect)
            raise Unusable(f"这是 {kind} 的备份，请在 config.toml [database] url 里填一个空的 {kind} 数据库")
        for entry in tar:
            if entry.name not in (NAME, DATABASE):
                data = tar.extractfile(entry)
                assert data is not None
                cabinet.keep(name_of(entry), data)
        dumps.load(engine, dump)
    database.upgrade(engine)
    return manifest


def _sha256(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
