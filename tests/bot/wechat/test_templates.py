"""Notices as template data within WeChat's typed limits."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wechat.templates import Template, Templates, Value, fitted

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)  # 16:30 in China
LATE = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)  # 1:05 of the next day in China
A_TIME = r"(((\d{4}年)?\d{1,2}月\d{1,2}日 ?)?\d{1,2}:\d{2})"
ALLOWED = {
    "thing1": r"[^\x00-\x1f]{1,20}",
    "short_thing1": r"[^\x00-\x1f]{1,5}",
    "keyword1": r"[^\x00-\x1f]{1,20}",
    "name2": r"[^\d\x00-\x1f]{1,10}|[\x20-\x7e]{1,20}",
    "phrase3": r"[㐀-䶿一-鿿〇\U00020000-\U0003ffff]{1,5}",
    "character_string4": r"[\x20-\x7e]{1,32}",
    "letter5": r"[A-Za-z]{1,32}",
    "symbol6": r"[^\w\s]{1,5}",
    "number7": r"[+-]?\d{1,20}(\.\d+)?",
    "amount8": r"[¥￥$€]?\d{1,10}(\.\d+)?元?",
    "phone_number9": r"[0-9+\-() ]{1,17}",
    "car_number10": r".{1,8}",
    "date11": r"((\d{4}年)?\d{1,2}月(\d{1,2}日)?~?){1,2}",
    "time12": rf"{A_TIME}(~{A_TIME})?",
}
EARLIEST, LATEST = (datetime.fromisoformat(day) for day in ("2000-01-01", "2099-12-31"))
VALUES = (
    st.none()
    | st.text(max_size=60)
    | st.integers()
    | st.dates(date(2000, 1, 1), date(2099, 12, 31))
    | st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))
    | st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-1000, max_value=1000)
)


@pytest.mark.parametrize("keyword", sorted(ALLOWED))
@given(value=VALUES)
def test_whatever_the_value_the_platform_takes_it(keyword: str, value: Any) -> None:
    assert re.fullmatch(ALLOWED[keyword], fitted(keyword, value, now=NOW))


@pytest.mark.parametrize(
    ("keyword", "value", "expected"),
    [
        ("thing1", "申报已通过", "申报已通过"),
        ("thing1", "一" * 20, "一" * 20),
        ("thing1", "一" * 21, "一" * 19 + "…"),
        ("thing1", "𠮷" * 11, "𠮷" * 9 + "…"),
        ("thing1", "第一行\n第二行\t完", "第一行 第二行 完"),
        ("thing1", "✅ 已通过👍", "已通过"),
        ("thing1", "", "-"),
        ("thing1", None, "-"),
        ("thing1", Decimal("2.00"), "2"),
        ("thing1", Decimal("1.50"), "1.5"),
        ("thing1", Decimal("100.00"), "100"),
        ("thing1", LATE, "11月21日 01:05"),
        ("thing1", date(2026, 11, 20), "11月20日"),
        ("thing_unknown1", "一" * 30, "一" * 19 + "…"),
        ("keyword1", "第一行\n第二行", "第一行"),
        ("keyword2", "一" * 21, "一" * 19 + "…"),
        ("short_thing1", "社区志愿服务", "社区志愿服"),
        ("name2", "阿依古丽·买买提", "阿依古丽·买买提"),
        ("name2", "阿" * 11, "阿" * 10),
        ("name2", "Alexander von Humboldt", "Alexander von Humbol"),
        ("name2", "李四2", "李四"),
        ("name2", "", "无"),
        ("phrase3", "已通过", "已通过"),
        ("phrase3", "已退回，请补充", "已退回请补"),
        ("phrase3", "OK", "无"),
        ("character_string4", "#12 号", "#12"),
        ("character_string4", "x" * 40, "x" * 32),
        ("character_string4", "无", "-"),
        ("letter5", "A1-b", "Ab"),
        ("letter5", "12", "N"),
        ("symbol6", "a+b", "+"),
        ("symbol6", "ab", "-"),
        ("number7", "+2 分", "+2"),
        ("number7", Decimal("-3.00"), "-3"),
        ("number7", "没有", "0"),
        ("amount8", "¥12.50元整", "¥12.50元"),
        ("amount8", None, "0元"),
        ("phone_number9", "电话 0771-5501234", "0771-5501234"),
        ("phone_number9", "无", "-"),
        ("car_number10", "粤A8Z888挂车", "粤A8Z888挂"),
        ("time12", LATE, "2026年11月21日 01:05"),
        ("time12", "2026-11-20T15:00:00+00:00", "2026年11月20日 23:00"),
        ("time12", "2026-11-20 15:00", "2026年11月20日 15:00"),
        ("time12", "15:00", "15:00"),
        ("time12", "请于11月20日 15:00~16:00到会", "11月20日 15:00~16:00"),
        ("time12", date(2026, 11, 20), "2026年11月20日 00:00"),
        ("time12", "", "2026年11月20日 16:30"),
        ("time12", "尽快", "2026年11月20日 16:30"),
        ("date11", LATE, "2026年11月21日"),
        ("date11", "2026-11-20", "2026年11月20日"),
        ("date11", "11月18日~11月20日", "11月18日~11月20日"),
        ("date11", None, "2026年11月20日"),
        ("const13", "通知", "通知"),
        ("const13", "", "-"),
        ("enum14", "", "-"),
    ],
)
def test_a_value_is_fitted_to_its_type(keyword: str, value: Any, expected: str) -> None:
    assert fitted(keyword, value, now=NOW) == expected


def test_a_kind_has_its_template_or_the_default_one() -> None:
    own = Template("own-id", {"thing1": "title", "name2": "member", "time3": "at"})
    templates = Templates({"claim_approved": own, "default": Template("any-id", {"thing1": "title", "thing2": "text"})})
    values: dict[str, Value] = {
        "title": "#12 已通过，加 2 分",
        "text": "社区志愿服务 2小时",
        "member": "张三",
        "at": LATE,
    }
    message = templates.message("claim_approved", values, now=NOW)
    assert message is not None
    assert message.template_id == "own-id"
    assert message.data == {
        "thing1": {"value": "#12 已通过，加 2 分"},
        "name2": {"value": "张三"},
        "time3": {"value": "2026年11月21日 01:05"},
    }
    other = templates.message("month_end", values, now=NOW)
    assert other is not None
    assert (other.template_id, other.data["thing2"]) == ("any-id", {"value": "社区志愿服务 2小时"})
    assert templates.serves("anything")


def test_without_a_template_there_is_no_message() -> None:
    templates = Templates({"claim_approved": Template("own-id", {"thing1": "title"})})
    assert templates.message("month_end", {"title": "月底"}, now=NOW) is None
    assert not templates.serves("month_end")
    assert templates.serves("claim_approved")


def test_a_value_the_notice_lacks_is_a_dash() -> None:
    templates = Templates({"default": Template("id", {"thing1": "title", "phrase2": "state"})})
    message = templates.message("x", {}, now=NOW)
    assert message is not None
    assert message.data == {"thing1": {"value": "-"}, "phrase2": {"value": "无"}}
