"""People of the branch: names, pinyin, sounds, 刘大爷."""

from collections.abc import Callable, Sequence

import pytest

from handlers.context import Context
from handlers.understanding import people
from handlers.understanding.kinds_of_words import aged
from handlers.understanding.line import Line
from models.members import Member


@pytest.fixture
def who(leader: Context) -> Callable[[str], tuple[list[str], bool] | None]:
    def is_aged(fitting: Sequence[Member]) -> set[int]:
        return aged(leader, fitting)

    def find(text: str) -> tuple[list[str], bool] | None:
        read = people.read(Line.of(text), leader.people(), is_aged)
        return None if read is None else ([member.name for member in read.people], read.sure)

    return find


Who = Callable[[str], tuple[list[str], bool] | None]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张三", "张三"),
        ("替刘德福报", "刘德福"),
        ("刘大爷", "刘德福"),
        ("zhangsan", "张三"),
        ("ou yang jian guo", "欧阳建国"),
    ],
)
def test_a_name_is_found(who: Who, text: str, name: str) -> None:
    assert who(text) == ([name], True)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("老刘", ["刘强", "刘德福"]),
        ("王书记", ["王建军", "王芳"]),
        ("小赵", ["赵敏"]),
        ("张山", ["张三"]),
        ("建国", ["欧阳建国"]),
    ],
)
def test_what_may_mean_another_is_asked(who: Who, text: str, names: list[str]) -> None:
    found = who(text)
    assert found is not None
    assert (sorted(found[0]), found[1]) == (sorted(names), False)


@pytest.mark.parametrize("text", ["", "志愿", "孙悟空", "老虎", "李大爷家", "周大爷", "xyz", "王"])
def test_others_are_not_found(who: Who, text: str) -> None:
    found = who(text)
    assert found is None or not found[1]


def test_two_of_one_name_are_asked_about(leader: Context) -> None:
    twins = [member for member in leader.people() if member.name == "张三"] * 2
    read = people.read(Line.of("张三"), twins, lambda fitting: set())
    assert read is not None
    assert not read.sure
