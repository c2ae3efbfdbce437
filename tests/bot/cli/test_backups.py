"""``backup`` and ``restore``: one file with everything but secrets, and an installation that verifies elsewhere."""

import io
import json
import os
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot import config_file
from bot.evidence import Cabinet
from models import claiming, deciding, heartbeats, pictures, rulebooks
from models.access_tokens import AccessToken
from models.claims import Claim
from models.ledger import Entry
from models.members import Member
from models.months import Month, shanghai_day
from models.pictures import Picture
from models.sessions import Sessions
from tests.bot.cli.conftest import Office
from tests.bot.test_web import A_PICTURE
from tests.cast import NOW
from tests.servers import programs

TOKEN = "the-access-token-of-the-account"


@pytest.fixture
def kept(office: Office, cast) -> Office:
    """An installation with an approved claim, its picture, and what must not leave it."""
    office.environ["PATH"] = f"{programs()}:{os.environ['PATH']}"
    with office.sessions.write() as session:
        member, leader = session.get_one(Member, cast.zhang_san.id), session.get_one(Member, cast.li_si.id)
        item = rulebooks.in_force(session, member.branch_id, Month.of(NOW)).get_item("志愿-01")
        claim, _ = claiming.submit(session, member, item, item.max_quantity, day=shanghai_day(NOW), by=member, now=NOW)
        found = pictures.receive(session, member.id, "media", claim_id=claim.id, now=NOW)
        pictures.stored(session, found.id, Cabinet(str(office.folder / "data/evidence")).put(A_PICTURE))
        deciding.approve(session, claim.id, by=leader, now=NOW)
        session.add(AccessToken(app_id="wxtest", token=TOKEN, fetched_at=NOW, expires_at=NOW))
        heartbeats.beat(session, "elsewhere:1", NOW)
    return office


@pytest.fixture
def elsewhere(kept: Office, bare, tmp_path: Path) -> Office:
    """Another machine: a configuration with secrets of its own, and a database without a table."""
    folder = tmp_path / "elsewhere"
    url = bare.url.render_as_string(hide_password=False)
    values = {("database", "url"): url, ("app", "data_dir"): "other", ("evidence", "url"): "other/pictures"}
    config_file.write_new(folder / "config.toml", values)
    return Office(folder, Sessions(bare), kept.environ)


def test_a_restore_on_another_machine_ends_with_a_clean_ledger_and_every_picture(kept, elsewhere, tmp_path):
    file = tmp_path / "先锋.tar"
    said = kept.ok("backup", file)
    head = next(line for line in said.splitlines() if line.startswith("第一支部 1:"))
    assert said.splitlines()[-2:] == [f"已备份到 {file}：台账 1 条，图片 1 张", "config.toml 不在备份里，请另外保管"]
    assert file.stat().st_mode & 0o077 == 0
    with tarfile.open(file) as tar:
        names = tar.getnames()
        manifest = json.loads(read(tar, "manifest.json"))
    assert (names[:2], len(names)) == (["manifest.json", "database"], 3)
    assert f"第一支部 {manifest['heads'][0]['sequence']}:{manifest['heads'][0]['hash']}" == head
    assert TOKEN.encode() not in file.read_bytes()

    lines = elsewhere.ok("restore", file).splitlines()
    assert lines[0].endswith("的备份：图片 1 张")
    assert head in lines
    assert lines[-1] == "台账核对无误：1 条"
    with elsewhere.sessions.read() as session:
        picture = session.scalars(select(Picture)).one()
        assert session.scalars(select(Claim.note)).one() is not None
        assert (heartbeats.last(session), session.scalars(select(AccessToken)).all()) == (None, [])
    original = kept.folder / "data" / "evidence" / picture.stored_as
    assert (elsewhere.folder / "other" / "pictures" / picture.stored_as).read_bytes() == original.read_bytes()
    assert (elsewhere.folder / "other").stat().st_mode & 0o077 == 0
    # The ledger is as closed as it was.
    with pytest.raises(Exception, match="append-only"), elsewhere.sessions.write() as session:
        session.execute(text("DELETE FROM entries"))
    # And a second time there is something to lose.
    assert "数据库里已有数据，没有恢复" in elsewhere.refused("restore", file)
    with elsewhere.sessions.read() as session:
        assert len(session.scalars(select(Entry)).all()) == 1


def test_a_restore_into_what_init_made_works_and_leaves_a_foreign_database_alone(kept, elsewhere, tmp_path):
    file = tmp_path / "b.tar"
    kept.ok("backup", file)
    with elsewhere.sessions.engine.begin() as connection:
        connection.execute(text("CREATE TABLE of_another_program (id INTEGER)"))
    assert "别的表（of_another_program）" in elsewhere.refused("restore", file)
    with elsewhere.sessions.engine.begin() as connection:
        connection.execute(text("DROP TABLE of_another_program"))
    elsewhere.ok("db", "upgrade")
    assert "台账核对无误：1 条" in elsewhere.ok("restore", file)


def read(tar: tarfile.TarFile, name: str | tarfile.TarInfo) -> bytes:
    data = tar.extractfile(name)
    assert data is not None
    return data.read()


def changed(file: Path, target: Path, name: str, change) -> Path:
    """A backup with one of its files changed; None leaves it out."""
    with tarfile.open(file) as old, tarfile.open(target, "w") as new:
        for entry in old:
            data = read(old, entry)
            if entry.name.startswith(name):
                data = change(entry, data)
            if data is not None:
                entry.size = len(data)
                new.addfile(entry, io.BytesIO(data))
    return target


def manifested(**values):
    return lambda _, data: json.dumps({**json.loads(data), **values}).encode()


def renamed(entry, data):
    entry.name = "evidence/../../outside"
    return data


@pytest.mark.sqlite_only  # what is refused is the file, before any database is touched
def test_what_is_no_whole_backup_of_this_kind_and_age_is_refused_and_nothing_is_written(kept, elsewhere, tmp_path):
    file, bad = tmp_path / "good.tar", tmp_path / "bad.tar"
    kept.ok("backup", file)
    assert "已经有了，没有备份" in kept.refused("backup", file)
    cases = {
        "备份比程序新": ("manifest", manifested(revision="9999_of_a_newer_program")),
        "备份的格式比程序新": ("manifest", manifested(format=2)),
        "这是 PostgreSQL 的备份": ("manifest", manifested(dialect="postgresql")),
        "不完整": ("database", lambda _, data: data[:-1] + b"x"),
        "这不是先锋的备份文件": ("manifest", lambda _, data: None),
        "，没有恢复": ("evidence", lambda _, data: None),
        "没有恢复": ("evidence", renamed),
        "或者不完整": ("manifest", lambda _, data: b"[]"),
    }
    for sentence, (name, change) in cases.items():
        assert sentence in elsewhere.refused("restore", changed(file, bad, name, change))
    bad.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert "不完整" in elsewhere.refused("restore", bad)
    bad.write_bytes(b"not a tar")
    assert "这不是先锋的备份文件" in elsewhere.refused("restore", bad)
    assert not (elsewhere.folder / "outside").exists()
    assert not (elsewhere.folder / "other" / "pictures").exists()
    assert "台账核对无误：1 条" in elsewhere.ok("restore", file)


@pytest.mark.sqlite_only  # the file is beside the database, not in it
def test_a_picture_whose_file_is_gone_does_not_stop_the_backup_and_is_named(kept, tmp_path):
    for picture in (kept.folder / "data" / "evidence").iterdir():
        picture.unlink()
    result = kept("backup", tmp_path / "b.tar")
    assert result.exit_code == 0
    assert "有 1 张图片的文件早已不在" in result.stderr
    with tarfile.open(tmp_path / "b.tar") as tar:
        assert tar.getnames() == ["manifest.json", "database"]
        assert len(json.loads(read(tar, "manifest.json"))["missing"]) == 1


@pytest.mark.sqlite_only  # nothing is read yet
def test_a_folder_that_is_not_there_is_named_as_it_was_typed(office: Office, tmp_path):
    result = office("backup", tmp_path / "nowhere" / "b.tar")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"没有文件夹 {tmp_path / 'nowhere'}，请先建好")
    assert ".xianfeng-" not in result.stderr
