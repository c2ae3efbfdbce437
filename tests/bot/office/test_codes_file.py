"""Binding codes come as a CSV that Excel opens and that nobody else can read."""

import csv
import stat
from pathlib import Path

from bot.office import codes_file
from bot.office.codes_file import Code


def test_codes_are_written_for_excel_and_read_back_alike(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    codes_file.write(path, [Code("0012", "张三", "483920"), Code("1001", "王,建军", "AB12CD34EF")])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["工号", "姓名", "绑定码"], ["0012", "张三", "483920"], ["1001", "王,建军", "AB12CD34EF"]]


def test_what_starts_like_a_formula_is_harmless() -> None:
    text = codes_file.render([Code("=1+1", "@SUM(A1)", "483920"), Code("-1", "＝cmd", "483921")])
    assert text.splitlines()[1:] == ["'=1+1,'@SUM(A1),483920", "'-1,'＝cmd,483921"]


def test_only_the_owner_may_read_the_file_even_one_that_was_open_to_others(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("old")
    path.chmod(0o644)
    codes_file.write(path, [Code("1001", "李四", "483920")])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "old" not in path.read_text(encoding="utf-8-sig")
    assert list(tmp_path.iterdir()) == [path]
