"""Short answers in a dialog."""

import pytest

from handlers.understanding.hear import choice_number, is_cancel, is_no, is_yes


@pytest.mark.parametrize("text", ["对", "是的", "好", "好的。", "可以", "嗯嗯", "确认", "要得", "ＯＫ", "對"])
def test_yes_is_yes(text: str) -> None:
    assert is_yes(text)
    assert not is_no(text)


@pytest.mark.parametrize("text", ["不", "不是", "不是的", "算了吧", "不对", "没有", "唔係"])
def test_no_is_no(text: str) -> None:
    assert is_no(text)
    assert not is_yes(text)


@pytest.mark.parametrize("text", ["取消", "取消吧", "退出", "不办了"])
def test_a_dialog_is_left(text: str) -> None:
    assert is_cancel(text)


@pytest.mark.parametrize("text", ["取消12", "昨天", "2小时", "是2小时"])
def test_a_sentence_is_no_short_answer(text: str) -> None:
    assert not is_cancel(text)
    assert not is_yes(text)
    assert not is_no(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("１", 1),
        ("2.", 2),
        ("第一个", 1),
        ("选2", 2),
        ("我选第三项", 3),
        ("二", 2),
        ("十二", 12),
        ("第三项吧", 3),
    ],
)
def test_a_choice_is_a_number(text: str, number: int) -> None:
    assert choice_number(text) == number


@pytest.mark.parametrize("text", ["", "12号", "#12", "两个", "2户", "一下", "123", "第一支部", "昨天"])
def test_anything_else_is_no_choice(text: str) -> None:
    assert choice_number(text) is None
