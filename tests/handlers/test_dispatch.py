"""Every command of FAMILIES: its words, its own example, its line in the manual."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import pytest

from handlers.command import Command, Reply, command
from handlers.context import Context
from handlers.dispatch import FAMILIES, Families
from handlers.help import ROLE_WORDS, who_words
from models import bindings
from models.appointments import Role
from models.bindings import BindingCode
from tests.cast import NOW, Cast
from tests.dialogue import SECRET
from tests.manual import WRITE
from tests.recording import RecordedSay

TABLE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"
ALSO_SAID = {
    "帮助": "? 菜单 help 你好 怎么用",
    "绑定": "换绑 换手机",
    "我": "我的 我是谁",
    "申报": "报分 加分申报",
    "我的申报": "",
    "撤回": "撤销",
    "补充": "",
    "本月没有了": "无申报 零申报",
    "积分": "明细 台账 为什么扣我",
    "解释": "",
    "排名": "排行",
    "小组排名": "",
    "细则": "规则 怎么加分",
    "通知": "",
    "收到": "已阅 知道了 好的 👌",
    "截止": "",
    "联系": "",
    "更多": "",
    "取消": "",
    "待办": "待审",
    "通过": "同意",
    "不通过": "驳回 不同意",
    "退回": "退回补充 打回",
    "转交": "转书记",
    "代报": "",
    "代理": "委托",
    "成员": "",
    "催办": "",
    "传达": "",
    "谁没看": "",
}


@pytest.mark.parametrize("word", ALSO_SAID)
def test_what_people_also_say_is_the_command(word: str) -> None:
    for said in (word, *ALSO_SAID[word].split()):
        assert FAMILIES.get(said).word == word


def test_upper_case_is_the_same_word() -> None:
    assert FAMILIES.get("HELP").word == "帮助"


def test_an_unknown_word_is_no_command() -> None:
    assert FAMILIES.find("阿巴") is None
    with pytest.raises(KeyError):
        FAMILIES.get("阿巴")


def test_a_word_of_two_commands_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="申报 is a word of two commands"):
        assert Families((*FAMILIES.commands, FAMILIES.get("申报"))).words


def test_a_parameter_must_name_its_kind() -> None:
    def count(ctx: Context, number: int) -> Reply:
        """数数。"""
        return Reply(str(number))

    def look_up(ctx: Context, word: Annotated[str, "of no kind"]) -> Reply:
        """查词。"""
        return Reply(word)

    for run in (count, look_up):
        with pytest.raises(TypeError, match="names no kind of argument"):
            command("数", who=Role.MEMBER, example="数 1")(run)


@pytest.mark.sqlite_only  # whether a line is understood is no matter of the database
@pytest.mark.parametrize("command", FAMILIES.commands, ids=lambda c: c.word)
def test_every_commands_own_example_works(say: RecordedSay, cast: Cast, command: Command) -> None:
    _scene(say, cast)
    who = "o-new" if command.word == "绑定" else cast.zhang_san if Role.MEMBER in command.who else cast.li_si
    answer = say(who, command.example)
    assert not answer.startswith("❌")
    assert "没看懂" not in answer
    assert "回“取消”" not in answer  # nothing was left to ask


def _scene(say: RecordedSay, cast: Cast) -> None:
    """Twelve claims, so that #12 is there; a relay; the binding code of the example."""
    for day in range(1, 13):
        say(cast.zhang_san, f"申报 走访 1户 11月{day}日")
    say(cast.li_si, "传达 周五下午3点三楼开会")
    digest = bindings.digest(SECRET, str(cast.zhang_san.id), "123456")
    with cast.sessions.write() as session:
        session.add(BindingCode(member_id=cast.zhang_san.id, digest=digest, issued_at=NOW))


@pytest.mark.sqlite_only  # whether a line is understood is no matter of the database
@pytest.mark.parametrize("command", FAMILIES.commands, ids=lambda c: c.word)
def test_every_word_alone_begins_its_command(say: RecordedSay, cast: Cast, command: Command) -> None:
    for word in command.words:
        assert "没看懂" not in say(cast.li_si, word)
        say(cast.li_si, "取消")


@pytest.mark.parametrize("command", FAMILIES.commands, ids=lambda c: c.word)
def test_every_command_is_worded_as_the_rest(command: Command) -> None:
    assert command.summary.endswith("。")
    assert not re.search("！|系统|你", command.summary)
    assert command.usage.split()[0] == command.word
    assert all(a.required or not b.required for a, b in pairwise(command.parameters))  # as one types it


def test_the_table_of_commands_is_current(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption(WRITE):
        TABLE.write_text(_table(), encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == _table(), "run `make docs`"


def _table() -> str:
    lines = ["# Commands", "", "From `handlers/dispatch.py`, written by `make docs`.", ""]
    for role in (Role.VISITOR, Role.MEMBER, Role.LEADER):
        mine = [c for c in FAMILIES.commands if _heading(c) is role]
        lines += [
            f"## {ROLE_WORDS[role]}",
            "",
            "| 写法 | 作用 | 例如 | 也可以说 | 谁能办 |",
            "| --- | --- | --- | --- | --- |",
        ]
        lines += [_row(c) for c in mine]
        lines.append("")
    return "\n".join(lines)


def _heading(command: Command) -> Role:
    return next(role for role in (Role.VISITOR, Role.MEMBER, Role.LEADER) if role in command.who)


def _row(command: Command) -> str:
    also = "、".join(command.also)
    usage = command.usage.replace("|", "\\|")
    return f"| `{usage}` | {command.summary} | `{command.example}` | {also} | {who_words(command)} |"
