"""Lines: what was typed and how it is read stay character for character beside each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.understanding.line import Line, clean, folded, tidy


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("申報　志願服務　２小時", "申报 志愿服务 2小时"),
        ("＃申报 ４Ｈ", "#申报 4h"),
        ("深报自愿服务两小是", "申报志愿服务两小时"),
        ("走访未问二护", "走访慰问二户"),
        ("心得一片 昨填", "心得一篇 昨天"),
        ("扫雪2小时💪今天❄️", "扫雪2小时 今天"),
        ("献血了[强]今天的", "献血了 今天的"),
        ("申 报 志愿 2 小时 昨 天", "申报 志愿 2 小时 昨天"),
        ("贰小时", "二小时"),
        ("14:00—16:00", "14:00-16:00"),
    ],
)
def test_full_width_traditional_and_slips_are_read_plainly(typed: str, read: str) -> None:
    assert Line.of(typed) == read


def test_a_surname_that_is_a_numeral_of_cheques_counts_only_where_something_is_counted() -> None:
    said = ("绑定 陆建国 123456", "补记 M3 陸小明 到会", "申报 社区志愿 伍小时", "走访 伍秀兰 陆户", "贰拾陆次")
    read = ("绑定 陆建国 123456", "补记 m3 陆小明 到会", "申报 社区志愿 五小时", "走访 伍秀兰 六户", "二十六次")
    assert tuple(folded(clean(one)) for one in said) == read


@pytest.mark.parametrize("typed", ["自愿献血", "一点小事", "一片雪地", "给我记分吧"])
def test_words_of_their_own_are_no_slips(typed: str) -> None:
    assert Line.of(typed) == typed


def test_the_members_own_words_are_kept_beside_the_reading() -> None:
    line = Line.of("申報 自愿服务，清掃河堤")
    assert line == "申报 志愿服务,清扫河堤"
    assert line.said == "申報 自愿服务，清掃河堤"
    assert line.part(8, 12).said == "清掃河堤"


def test_what_is_cut_from_the_reading_is_cut_from_the_words() -> None:
    line = Line.of("申報 志願 昨天 清掃河堤")
    assert line.without((0, 3), (6, 8)).words == "志願 清掃河堤"
    assert line.without() is line


def test_a_line_and_its_reading_are_of_one_length() -> None:
    with pytest.raises(ValueError, match="one length"):
        Line.pair("申报", "申報了")


def test_a_line_is_read_once() -> None:
    line = Line.of("申报")
    assert Line.of(line) is line


def test_punctuation_at_the_edges_is_no_part_of_a_note() -> None:
    assert tidy("，（清扫河堤）  ，  三楼。") == "清扫河堤） 三楼"


def test_the_end_of_a_line_is_read_as_a_space_and_kept_as_it_was_written() -> None:
    line = Line.of("会议记录  M3\r\n 传达：公报\n\n决议：扫雪；\n补课 😀")
    assert line == "会议记录 m3 传达:公报 决议:扫雪; 补课"
    assert line.lines == "会议记录 M3\n传达：公报\n决议：扫雪；\n补课"
    assert line.words == "会议记录 M3 传达：公报 决议：扫雪 补课"


@given(st.text(max_size=80))
def test_any_text_is_read_at_its_own_length(text: str) -> None:
    said = clean(text)
    assert len(folded(said)) == len(said)
