"""The typed values of a template (wechat.md 5.2)."""

from typing import Any

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.keywords import fill
from bot.sandbox.options import Template


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("thing1", ["社区志愿服务", "一" * 20], ["一" * 21, "两\n行"]),
        ("number1", ["12", "-3.5", "9" * 32], ["十二", "9" * 33, "1e5"]),
        ("letter1", ["Abc"], ["a1", "a" * 33]),
        ("symbol1", ["★★★"], ["a", "★" * 6]),
        ("character_string1", ["A-12 #3"], ["编号12", "a" * 33]),
        ("time1", ["15:01", "2026年11月20日 15:01", "8:00~9:30"], ["2026-11-20 15:01", "25:00", "下午三点"]),
        ("date1", ["2026年11月20日", "2026年1月2日~2026年1月5日"], ["2026-11-20", "11月20日", "2026年13月1日"]),
        ("amount1", ["¥12.50", "100元"], ["十元", "12345678901"]),
        ("phone_number1", ["0517-8888888"], ["1" * 18, "电话"]),
        ("car_number1", ["粤A8Z888挂"], ["粤" * 9]),
        ("name1", ["张三", "J. Smith"], ["一" * 11, "a" * 21]),
        ("phrase1", ["已通过"], ["已经审核通过", "ok"]),
        ("const1", ["已审定"], ["一" * 21]),
    ],
)
def test_each_type_takes_what_it_may_and_nothing_else(key: str, good: list[str], bad: list[str]) -> None:
    template = Template("通知", {key: "项"})
    for value in good:
        assert fill(template, {key: {"value": value}}) == [{"label": "项", "value": value}]
    for value in bad:
        with pytest.raises(ApiError, match=rf"47003 argument invalid! data\.{key}\.value invalid"):
            fill(template, {key: {"value": value}})


@pytest.mark.parametrize("data", [{}, {"thing1": {}}, {"thing1": {"value": " "}}, {"thing1": {"value": None}}])
def test_an_empty_value_is_refused_in_the_platforms_own_spelling(data: Any) -> None:
    with pytest.raises(ApiError, match=r"data\.thing1\.value is emtpy"):
        fill(Template("通知", {"thing1": "项"}), data)


@pytest.mark.parametrize("key", ["first", "remark", "thing2"])
def test_a_keyword_the_template_has_not_is_refused(key: str) -> None:
    with pytest.raises(ApiError, match=rf"data\.{key}\.value invalid"):
        fill(Template("通知", {"thing1": "项"}), {"thing1": {"value": "好"}, key: {"value": "好"}})


def test_a_legacy_template_drops_first_and_remark_and_cuts_its_values() -> None:
    data = {"first": {"value": "您好"}, "keyword1": {"value": "一" * 30}, "keyword2": {"value": "两\n行"}}
    rows = fill(Template("旧", {"keyword1": "事项", "keyword2": "积分", "keyword3": "无"}), data)
    assert [row["value"] for row in rows] == ["一" * 20, "两", ""]
