"""Items: by title, keyword, code, pinyin, sound, slip, everyday word; and when two fit."""

from collections.abc import Callable

import pytest

from handlers.context import Context
from handlers.understanding import choosing
from handlers.understanding.items import index_of, matching
from handlers.understanding.kept import Kept
from handlers.understanding.line import Line
from handlers.understanding.shelf import shelf, whole

Choose = Callable[..., tuple[list[str], bool]]


@pytest.fixture
def choose(member: Context) -> Choose:
    def find(text: str, *, told: bool = False) -> tuple[list[str], bool]:
        read = choosing.choose(shelf(member), Line.of(text), told=told)
        return [item.code for item in read.items], read.sure

    return find


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("社区志愿服务", "志愿-01"), ("义工", "志愿-01"), ("走访慰问", "志愿-02"), ("志愿-03", "志愿-03")),
        *(("zhiyuan", "志愿-01"), ("zou fang wei wen", "志愿-02"), ("zyfw", "志愿-01"), ("讲了微党课", "学习-02")),
        *(("学习任务", "学习-01"), ("学习人物已完成", "学习-01"), ("微当课一次", "学习-02"), ("传帮代", "义务-03")),
        *(
            ("昨天下乡宣奖一场", "志愿-03"),
            ("献了一次血", "志愿-04"),
            ("扫了两个钟头的雪", "志愿-01"),
            ("栽树3小时", "志愿-01"),
        ),
        *(
            ("项目一项", "业务-02"),
            ("筹备主题党日", "组织-04"),
            ("党课我参加了", "组织-01"),
            ("无偿献血、见义勇为等", "志愿-04"),
            ("献血没做完", "志愿-04"),
        ),
    ],
)
def test_a_text_means_one_item(choose: Choose, text: str, code: str) -> None:
    assert choose(text) == ([code], True)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("下社区2小时", {"志愿-01", "志愿-02", "志愿-03"}),
        ("值守4小时", {"志愿-01", "义务-02"}),
        ("任务完成了", {"义务-01", "学习-01"}),
        ("扫雪2小时 走访1户", {"志愿-01", "志愿-02"}),
        ("值班3小时", {"志愿-01", "义务-02"}),
        ("讲了一次党课", {"学习-02"}),
        ("写了一篇文章", {"业务-03"}),
        ("文明劝异", {"志愿-01"}),
        ("栽树", {"志愿-01"}),
        ("2小时", {"志愿-01"}),
        ("学习任务没完成", {"学习-05"}),
        ("玩手机", {"纪律-01"}),
    ],
)
def test_several_or_an_inferred_one_are_asked(choose: Choose, text: str, codes: set[str]) -> None:
    found, sure = choose(text)
    assert codes <= set(found)
    assert not sure


def test_the_commands_word_makes_a_weak_word_enough(choose: Choose) -> None:
    assert choose("文章 1篇", told=True) == (["业务-03"], True)
    assert choose("社区 2小时", told=True) == (["志愿-01"], True)
    assert choose("志愿服务 2小时 看望老人", told=True) == (["志愿-01"], True)
    assert choose("宣奖", told=True) == (["志愿-03"], True)
    assert choose("交办任务 布置会场", told=True) == (["义务-01"], True)
    assert not choose("献血 宣讲", told=True)[1]


def test_shared_words_are_told_apart_by_a_word_of_ones_own(choose: Choose) -> None:
    assert choose("社区值守") == (["志愿-01"], True)
    assert choose("下社区值守") == (["志愿-01"], True)


@pytest.mark.parametrize("text", ["", "吃饭", "一共", "新的", "认为完成了", "三次"])
def test_other_words_mean_no_item_for_certain(choose: Choose, text: str) -> None:
    assert not choose(text)[1] or not choose(text)[0]


def test_what_cannot_be_claimed_is_named_all_the_same(choose: Choose) -> None:
    assert choose("开会迟到") == (["组织-01"], True)


def test_items_of_other_offices_are_not_on_a_members_shelf(member: Context) -> None:
    assert "领导-02" not in shelf(member).by_code
    assert "领导-02" in whole(member).by_code


def test_a_stranger_has_an_empty_shelf(asker: Callable[[str], Context]) -> None:
    assert not shelf(asker("stranger")).items
    assert not whole(asker("stranger")).items


def test_the_items_of_a_named_person_are_that_persons(asker: Callable[[str], Context]) -> None:
    secretary = asker("secretary")
    plain = next(member for member in secretary.people() if member.name == "张三")
    assert "书记-01" in shelf(secretary).by_code
    assert "书记-01" not in shelf(secretary, {"person": plain.id}).by_code


def test_looking_up_a_word_shows_every_item_that_has_to_do_with_it(member: Context) -> None:
    found = [item.code for item in matching("党课", member.rulebook().items)]
    assert {"学习-02", "组织-01", "领导-02"} <= set(found)
    assert matching("没有这个", member.rulebook().items) == []


def test_an_index_is_made_once(member: Context) -> None:
    items = member.rulebook().items
    assert index_of(items) is index_of(items)
    assert shelf(member) is shelf(member)


def test_few_things_are_kept() -> None:
    kept = Kept[int, str](2)
    assert [kept.get(n, lambda n=n: f"made {n}") for n in (1, 2, 3)] == ["made 1", "made 2", "made 3"]  # type: ignore[misc]
    assert kept.get(3, lambda: "made again") == "made 3"
    assert kept.get(1, lambda: "made again") == "made again"
