"""A file is there whole or not at all, and nobody else reads it."""

import stat

import pytest

from bot.office.aside import aside


def test_the_file_takes_the_place_of_an_older_one_and_is_its_owners(tmp_path):
    path = tmp_path / "台账.xlsx"
    path.write_text("old")
    path.chmod(0o644)
    with aside(path) as file:
        file.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_when_something_fails_the_older_file_stays_and_nothing_is_left(tmp_path):
    path = tmp_path / "台账.xlsx"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError), aside(path) as file:
        file.write_text("half\ud800", encoding="utf-8")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path):
    with pytest.raises(FileNotFoundError), aside(tmp_path / "none" / "x.xlsx"):
        raise AssertionError("nothing is drawn for a file that cannot be written")
