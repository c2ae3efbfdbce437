"""Every command of FAMILIES: its words, its own example, its line in the manual."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import pytest
from sqlalchemy import update

from handlers.command import Command, Reply, command
from handlers.context import Context
from handlers.dispatch import FAMILIES, Families
from handlers.help import ROLE_WORDS, who_words
from jobs import meetings, quarters, spot_checks
from models import bindings, follow_ups, rounds
from models.appointments import Appointment, Office, Role
from models.bindings import BindingCode
from models.meetings import Meeting
from models.members import Member
from models.months import Month
from models.rounds import Round, RoundState
from tests.cast import NOW, Cast
from tests.dialogue import SECRET
from tests.manual import WRITE
from tests.models.counter import disclose
from tests.models.round_desk import review
from tests.models.scores import in_earnest, score
from tests.recording import RecordedSay
from tests.temporary import found_group

SECRET_OF_483920 = 0x1A479  # of M3, at NOW
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
    "临时小组": "专班",
    "加分": "",
    "扣分": "减分",
    "归零": "",
    "抽查": "",
    "评审": "",
    "提交公示": "确认评审",
    "公示": "",
    "核实": "",
    "概况": "",
    "我有意见": "不服 提意见 不公平",
    "申诉": "",
    "异议": "",
    "建议": "",
    "反映": "",
    "处理": "答复",
    "谈话": "",
    "指派": "",
    "认可": "",
    "有异议": "",
    "跟进": "",
    "季度通报": "季度评选 流动红旗 先锋岗",
    "确认先锋岗": "确认流动红旗",
    "年终": "年终总评 年度总评",
    "记录表彰": "登记表彰",
    "不计分": "",
    "恢复计分": "",
    "会议": "",
    "参加": "",
    "请假": "",
    "签到": "",
    "补签": "",
    "开会": "",
    "改期": "",
    "取消会议": "",
    "签到码": "",
    "考勤": "",
    "补记": "",
    "会议记录": "纪要",
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
    SCENES.get(command.word, lambda say, cast: None)(say, cast)
    answer = say("o-new" if command.word == "绑定" else _speaker(cast, command), command.example)
    assert not answer.startswith("❌")
    assert "没看懂" not in answer
    assert "回“取消”" not in answer  # nothing was left to ask


def _speaker(cast: Cast, command: Command) -> Member:
    """Somebody whose office the command is for."""
    speakers = (
        (Role.MEMBER, cast.zhang_san),
        (Role.LEADER, cast.li_si),
        (Role.BRANCH, cast.wang_jianjun),
        (Role.SECRETARY, cast.wang_jianjun),
        (Role.COMMITTEE, cast.zhou_guoping),
        (Role.INSPECTOR, cast.sun_li),
    )
    return next((who for role, who in speakers if role in command.who), cast.li_si)


def _drawn(say: RecordedSay, cast: Cast) -> None:
    """#12 is approved and given to 孙丽, an inspector of the committee."""
    say(cast.li_si, "通过 12")
    with cast.sessions.write() as session:
        inspector = {"organization_id": cast.committee.id, "office": Office.INSPECTOR, "starts_on": date(2026, 1, 1)}
        session.add(Appointment(member_id=cast.sun_li.id, **inspector))
        rounds.begin(session, cast.first_branch.id, Month.of(NOW))
        session.execute(update(Round).values(state=RoundState.REVIEW))
    spot_checks.draw(cast.sessions, now=NOW)


def _reviewed(say: RecordedSay, cast: Cast) -> None:
    """October is under review, and nothing about it waits."""
    with cast.sessions.write() as session:
        review(session, cast.first_branch.id)


def _rejected(say: RecordedSay, cast: Cast) -> None:
    say(cast.li_si, "不通过 12 日期不对")


def _disclosed(say: RecordedSay, cast: Cast) -> None:
    with cast.sessions.write() as session:
        disclose(session, cast.of(session).first_branch)


def _reported(say: RecordedSay, cast: Cast) -> None:
    """Y7 is a report about the secretary, of the day before."""
    for _ in range(7):
        say(cast.zhang_san, "反映 书记开会经常迟到", at=NOW - timedelta(days=1))


def _suggested(say: RecordedSay, cast: Cast) -> None:
    for _ in range(7):
        say(cast.zhang_san, "建议 多办活动")


def _followed(cast: Cast, *people: Member, months: int = 1) -> None:
    """T1, T2, … of these people, in roster order."""
    with cast.sessions.write() as session:
        in_earnest(session)
        for member in people:
            for ago in range(months):
                score(session, session.get_one(Member, member.id), Month(2026, 10).plus(-ago), 50)
        follow_ups.at_final(session, cast.first_branch.id, Month(2026, 10), now=NOW)


def _of_oneself(say: RecordedSay, cast: Cast) -> None:
    """T5 is 张三's."""
    _followed(cast, cast.wang_jianjun, cast.he_min, cast.sun_lei, cast.li_si, cast.zhang_san)


def _to_be_named(say: RecordedSay, cast: Cast) -> None:
    """T5 is 王芳's second month, and nobody has been named."""
    _followed(cast, cast.wang_jianjun, cast.he_min, cast.sun_lei, cast.li_si, cast.wang_fang, months=2)


def _named(say: RecordedSay, cast: Cast) -> None:
    """T5 is for 张三 to talk about."""
    _to_be_named(say, cast)
    say(cast.zhou_guoping, "指派 T5 张三")


def _quarter_over(say: RecordedSay, cast: Cast) -> None:
    """The third quarter of the first branch is final and proposed."""
    final = {"branch_id": cast.first_branch.id, "state": RoundState.FINAL, "claims_until": NOW, "head": ""}
    with cast.sessions.write() as session:
        session.add_all([Round(month=Month(2026, number), **final) for number in (7, 8, 9)])
    quarters.propose(cast.sessions, now=NOW)


def _called(say: RecordedSay, cast: Cast) -> None:
    """M3 is 李四's, and takes check-ins."""
    for _ in range(3):
        say(cast.li_si, "开会 党小组会 今天10:20 三楼会议室")
        say(cast.li_si, "1")


def _with_its_code(say: RecordedSay, cast: Cast) -> None:
    """The code of M3 is 483920 now."""
    _called(say, cast)
    with cast.sessions.write() as session:
        session.get_one(Meeting, 3).secret = f"{SECRET_OF_483920:032x}"


def _begun(say: RecordedSay, cast: Cast) -> None:
    """M3 began half an hour ago."""
    for _ in range(3):
        say(cast.li_si, "开会 党小组会 今天9:30 三楼会议室", at=NOW - timedelta(hours=1))
        say(cast.li_si, "1", at=NOW - timedelta(hours=1))


def _held(say: RecordedSay, cast: Cast) -> None:
    """M3 was over half an hour ago."""
    for _ in range(3):
        say(cast.li_si, "开会 党小组会 今天8:30至9:30 三楼会议室", at=NOW - timedelta(hours=2))
        say(cast.li_si, "1", at=NOW - timedelta(hours=2))
    meetings.close(cast.sessions, now=NOW)


def _leading(say: RecordedSay, cast: Cast) -> None:
    """扫雪专班 is 李四's."""
    with cast.sessions.write() as session:
        found_group(session, cast.of(session), leader=cast.of(session).li_si)


# What an example needs beside the scene all of them have.
SCENES: dict[str, Callable[[RecordedSay, Cast], None]] = {
    "抽查": _drawn,
    "评审": _reviewed,
    "提交公示": _reviewed,
    "核实": _disclosed,
    "申诉": _rejected,
    "异议": _disclosed,
    "处理": _suggested,
    "反映人": _reported,
    "谈话": _named,
    "指派": _to_be_named,
    "认可": _of_oneself,
    "有异议": _of_oneself,
    "跟进": _of_oneself,
    "确认先锋岗": _quarter_over,
    "参加": _called,
    "请假": _called,
    "签到": _with_its_code,
    "补签": _begun,
    "改期": _called,
    "取消会议": _called,
    "签到码": _called,
    "考勤": _called,
    "补记": _called,
    "会议记录": _held,
    "专班总结": _leading,
}


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
    for role in Role:
        mine = [c for c in FAMILIES.commands if _heading(c) is role]
        if not mine:
            continue
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
    return next(role for role in Role if role in command.who)


def _row(command: Command) -> str:
    also = "、".join(command.also)
    usage = command.usage.replace("|", "\\|")
    return f"| `{usage}` | {command.summary} | `{command.example}` | {also} | {who_words(command)} |"
