"""Hearing whole lines, beyond the set of utterances: every way a line can go."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from handlers.context import Context
from handlers.dispatch import Families
from handlers.understanding.hear import Heard, Unknown, Wondered, fill, hear, warm_up
from handlers.understanding.line import Line
from handlers.understanding.shelf import shelf
from handlers.understanding.spelling import spelled_out
from handlers.understanding.vocabulary import vocabulary
from models.errors import Refused
from tests.handlers.understanding.report import play

Asker = Callable[[str], Context]


def outcome(text: str, ctx: Context) -> str:
    """In short what comes of a line: 申报, 申报?item, 申报=answered, 帮助:撤回, unknown."""
    played = play(text, ctx)
    if played.outcome == "ask":
        return f"{played.command}?{played.asks}"
    if played.outcome == "unknown":
        return "unknown"
    if played.outcome == "answer":
        return f"{played.command}:{played.shown}" if played.shown else f"{played.command}=answered"
    shown = [str(value) for key, value in played.args.items() if value and key not in {"note", "day"}]
    return " ".join([played.command, *shown])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("帮助", "帮助"),
        ("？", "帮助"),
        ("您好", "帮助"),
        ("谢谢", "=answered"),
        ("💪", "unknown"),
        ("#12", "解释 ['12']"),
        ("j88怎么回事", "解释:J88"),
        ("jifen", "积分"),
        ("shenbao zoufang 2hu zuotian", "申报 志愿-02 2"),
        ("看我的申报", "我的申报"),
        ("志愿细则", "细则 志愿"),
        ("积分细则", "细则"),
        ("申报帮助", "帮助 申报"),
        ("细则 学习", "细则 学习"),
        ("积分明细", "积分"),
        ("好的收到", "收到"),
        ("没收到", ":没收到"),
        ("收到没", ":收到没"),
        ("知道啦", "收到"),
        ("我要查积分", "积分"),
        ("代办", "待办"),
        ("积分 昨天去社区扫雪两小时", "申报 志愿-01 2"),
        ("积分请大家互相转告一下吧", "unknown"),
        ("帮助 困难群众 2户 昨天", "申报 志愿-02 2"),
        ("帮助困难群众2户 昨天", "申报 志愿-02 2"),
        ("收到锦旗一面", "申报?item"),
        ("本月没有了吗", "帮助:本月没有了"),
        ("这个月没啥要报的了", "本月没有了"),
        ("申报 志愿 怎么报", "帮助:申报"),
        ("申报 扫雪 没去", ":申报 扫雪 没去"),
        ("申报 无正当理由未完成学习任务 1月", "申报 学习-05 1"),
        ("补充 12：走访的是哪一户", "补充 ['12'] 走访的是哪一户"),
        ("补充 12 怎么写", "帮助:补充"),
        ("补充 12 怎么走访的都写上", "补充 ['12'] 怎么走访的都写上"),
        ("撤回 12 可以吗", "帮助:撤回"),
        ("13打算撤回", ":13打算撤回"),
        ("12要是过了就通过", ":12要是过了就通过"),
        ("绑定张三", "绑定?code"),
        ("我是张三绑定码123456", "绑定 123456 张三"),
        ("怎么绑定", "帮助:绑定"),
        ("换手机了怎么弄", "帮助:绑定"),
        ("传达 明天开会", "传达 明天开会"),
        ("走访入党积极分子1户", "申报 志愿-02 1"),
        ("我要转组织关系", "unknown"),
        ("请假 M3 出差", "请假 M3"),
        ("会议 记录一次 11月6日", "申报 组织-04 1"),
        ("开会 昨天 1次", "申报=answered"),
        ("建议 被采纳", "申报 权益-01 1"),
        ("哪个组第一", "小组排名"),
        ("谁来审", "联系"),
        ("还能报10月的吗", "截止"),
        ("每个月最多能加多少", "细则"),
        ("怎么才70分", "积分"),
        ("我被扣了吗", "积分"),
        ("还有多少待审", "我的申报"),
        ("照片怎么发", "帮助:申报"),
        ("通知是什么", "帮助:通知"),
        ("什么时候发工资", "unknown"),
        ("明天天气好", "unknown"),
        ("不参加", ":不参加"),
        ("打算明天扫雪", ":打算明天扫雪"),
        ("张三昨天扫雪2小时", "申报 志愿-01 2"),
        ("王芳昨天扫雪2小时", "unknown"),
        ("王芳和我昨天扫雪2小时", "申报 志愿-01 2"),
        ("李组长我昨天扫雪2小时", "申报 志愿-01 2"),
        ("刘大爷昨天志愿1小时", "unknown"),
        ("他昨天扫雪2小时", "unknown"),
        ("替王芳报扫雪2小时", "代报 王芳 志愿-01 2"),
        ("帮刘大爷上门打扫卫生2小时", "申报 志愿-01 2"),
        ("刘德福昨天看望老战友1户，帮他报一下", "代报 刘德福 志愿-02 1"),
        ("代报", "代报?name"),
        ("昨天扫雪2小时 代报 刘德福", "代报 刘德福 志愿-01 2"),
        ("给王芳加2分", "unknown"),
        ("能帮我报一下昨天扫雪2小时吗", "申报?item"),
        ("昨天下雪路不好走，扫雪2小时", "申报?item"),
        ("落实一岗双责了", "申报=answered"),
        ("献血", "申报?item"),
        ("扫雪", "申报?quantity"),
        ("志愿 2", "申报 志愿-01 2"),
        ("加班3小时", "申报?item"),
        ("申报 abc", "申报?item"),
        ("如实申报：学习任务没完成", "申报?item"),
        ("今天学习了", "unknown"),
        ("通过自学完成学习任务", "申报 学习-01 1"),
        ("12申诉怎么写", "帮助:申诉"),
        ("申诉 怎么写", "帮助:申诉"),
        ("建议 怎么提", "帮助:建议"),
        ("我想反映个情况", "反映?text"),
        ("反映强烈的路灯问题昨天解决了2件", "unknown"),
        ("党费怎么交", "unknown"),
        ("党费晚交扣几分", "细则:党费"),
        ("有没有60", "积分"),
        ("12号给几分", "解释:12"),
        ("12驳回要不要写理由", "解释:12"),
        ("哪个支部还没提交", "概况"),
    ],
)
def test_a_member_is_heard(member: Context, text: str, what: str) -> None:
    assert outcome(text, member) == what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("12通过", "通过 ['12']"),
        ("情况属实，12通过", "通过 ['12']"),
        ("12 13没问题", "通过 ['12', '13']"),
        ("12可以，13也可以", "通过?number"),
        ("12号可以开会", "通过?number"),
        ("代理了又委托出去", "帮助:代理"),
        ("12-14可以开会", "通过?number"),
        ("通过12已经说过了", "unknown"),
        ("哪位负责批", "联系"),
        ("手机换号了怎么办", "帮助:绑定"),
        ("昨天开会", "unknown"),
        ("全部通过吧", "通过 ['全部']"),
        ("除了13都通过", "通过?number"),
        ("通过12，13先放着", "通过?number"),
        ("通过 12 但13再看看", "通过?number"),
        ("12改成1.5分通过，按实际时长", "通过 按实际时长 1.5 ['12']"),
        ("12通过，13不通过", "unknown"),
        ("12不通过 日期不对，13不通过 重复", "unknown"),
        ("通过 12 退回 13 补照片", "unknown"),
        ("12不给过，日期不对", "不通过 ['12'] 日期不对"),
        ("先别驳回12", ":先别驳回12"),
        ("12驳回了吗", "解释:12"),
        ("12已经通过了", "unknown"),
        ("张三的通过", "通过?number"),
        ("驳回要不要写理由", "帮助:不通过"),
        ("会议通过了决议草案和工作报告", "unknown"),
        ("12 13都退回，补照片", "退回?number"),
        ("13退回去让他补照片", "退回 ['13'] 让他补照片"),
        ("不通过 12 没有照片", "不通过 ['12'] 没有照片"),
        ("退回 13 怎么只写了一户", "退回 ['13'] 怎么只写了一户"),
        ("12驳回了", "不通过?reason"),
        ("12驳回了？", "解释:12"),
        ("通过 12 照片3张", "通过?number"),
        ("15让书记审", "转交 ['15']"),
        ("12昨天通过了", "unknown"),
        ("12能不能通过", "帮助:通过"),
        ("通过 11-12", "通过?number"),
        ("通过 第一条", "unknown"),
        ("让刘强代我审到12月5日", "代理 刘强 2026-12-05"),
        ("代理王芳", "代理?until"),
        ("不要代理", ":不要代理"),
        ("要是有事就代理王芳到月底", ":要是有事就代理王芳到月底"),
        ("代报刘大爷志愿1小时", "代报 刘德福 志愿-01 1"),
        ("替老刘报一篇心得", "代报?name"),
        ("待办张三", "待办 张三"),
        ("待办怎么看", "待办"),
        ("催一下还没报的", "催办"),
        ("谁还没报", "成员"),
        ("传达一下：明天三点开会", "传达 明天三点开会"),
        ("组里昨天集体扫雪2小时", "申报 志愿-01 2"),
    ],
)
def test_a_leader_is_heard(leader: Context, text: str, what: str) -> None:
    assert outcome(text, leader) == what


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("你好", "帮助"),
        ("张三 123456", "绑定 123456 张三"),
        ("昨天扫雪2小时", "unknown"),
        ("昨天社区服务中心的张三来了问绑定码的事123456", "绑定 123456 昨天社区服务中心的张三来了问"),
        ("昨天社区服务中心的张三来了好几次问事123456", "unknown"),
    ],
)
def test_a_stranger_is_heard(asker: Asker, text: str, what: str) -> None:
    assert outcome(text, asker("stranger")) == what


def test_two_acts_in_one_line_are_offered_one_by_one(leader: Context) -> None:
    heard = hear("12通过 13退回补照片", leader)
    assert isinstance(heard, Unknown)
    assert heard.likely == ("通过 12", "退回 13 补照片")


def test_what_is_offered_when_nothing_is_understood_never_acts_by_itself(member: Context, leader: Context) -> None:
    for ctx in (member, leader):
        heard = hear("哈哈哈今天通过了天气预报", ctx)
        assert isinstance(heard, Unknown)
        for line in heard.likely:
            offered = hear(line, ctx)
            assert isinstance(offered, Heard)
            needs = any(parameter.required for parameter in offered.command.parameters)
            assert needs or not offered.command.changes


def test_a_matter_of_others_is_named(member: Context) -> None:
    heard = hear("党费怎么交", member)
    assert heard == Unknown(elsewhere="党费")


def test_a_question_is_answered_by_what_only_reads_or_by_a_word(member: Context) -> None:
    heard = hear("先不要撤回12", member)
    assert heard == Wondered(None, "先不要撤回12")


def test_a_note_keeps_the_members_own_words(member: Context) -> None:
    heard = hear("申報 志願服務 2小時 昨天 自愿清掃河堤，沒事", member)
    assert isinstance(heard, Heard)
    assert heard.values["note"] == "自愿清掃河堤，沒事"


def test_a_sentence_read_again_with_its_item_yields_the_rest(member: Context) -> None:
    heard = hear("昨天下社区2小时", member)
    assert isinstance(heard, Heard)
    assert "quantity" not in heard.values
    values, doubts = fill(heard.command, "昨天下社区2小时", member, {**heard.values, "item": "志愿-01"})
    assert (values["quantity"], values["day"], doubts) == ("2", "2026-11-19", {})
    _, doubts = fill(heard.command, "昨天下社区2小时", member, {**heard.values, "item": "志愿-02"})
    assert not doubts["quantity"].candidates


def test_a_wrapping_read_again_becomes_no_reason(leader: Context) -> None:
    heard = hear("张三的通过", leader)
    assert isinstance(heard, Heard)
    values, _ = fill(heard.command, "张三的通过", leader, {**heard.values, "numbers": ["12"]})
    assert values["reason"] == ""


def test_our_own_lines_are_always_heard(member: Context) -> None:
    for item in member.items():
        line = f"申报 {item.title} 1{item.unit} 11月19日 没带相机，怎么说呢 仍要申报"
        heard = hear(f"申报 {item.title} 1{item.unit} 11月19日 仍要申报", member)
        assert isinstance(heard, Heard), line
        assert (heard.values["item"], heard.values["again"], heard.doubts) == (item.code, True, {})


def test_every_example_is_heard_as_its_command(asker: Asker, families: Families) -> None:
    for command in families.commands:
        heard = hear(command.example, asker("secretary"))
        assert isinstance(heard, Heard), command.example
        assert heard.command is command
        assert heard.doubts == {}


def test_pinyin_that_is_none_stays(member: Context, families: Families) -> None:
    words, index = vocabulary(families), shelf(member)
    assert spelled_out(Line.of("志愿2h昨天"), words, index) == "志愿2h昨天"
    assert spelled_out(Line.of("asdfgh 志愿"), words, index) == "asdfgh 志愿"
    assert spelled_out(Line.of("ge" * 9), words, index) == "ge" * 9
    assert spelled_out(Line.of("zuotian 扫雪 liang ge xiaoshi"), words, index) == "昨天 扫雪 两 个 小时"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60), role=st.sampled_from(["member", "leader", "secretary", "stranger"]))
@example(text="报", role="stranger")
def test_no_text_is_too_much(asker: Asker, text: str, role: str) -> None:
    assert hear(text, asker(role)) is not None


PIECES = (
    "申报 通过 不通过 退回 撤回 12 13 #14 L7 全部 改1.5 昨天 11月18日 前几天 2小时 两户 半天 9点到11点 志愿"
    " 走访 献血 任务 值守 刘大爷 张三 我 他 谢谢 麻烦 不 没 别 吗 怎么 如果 明天 替 帮 报 记一下 ， 。 和"
    " 到 绑定 123456 积分 加分 扣分 申诉 异议 建议 反映 处理 Y7 T5 M7 成立 不实 有意见 没有异议 公示 核实 评审 归零"
    " 谢谢 给 对 王芳、刘强 会风 被采纳 了 谁 啷个"
).split()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(st.sampled_from(PIECES), max_size=9),
    space=st.sampled_from(["", " "]),
    role=st.sampled_from(["member", "leader", "secretary", "committee"]),
)
def test_no_heap_of_words_is_too_much(asker: Asker, pieces: list[str], space: str, role: str) -> None:
    ctx = asker(role)
    try:
        heard = hear(space.join(pieces), ctx)
    except Refused:  # a number of nothing there is
        return
    if isinstance(heard, Heard):
        loaded: list[Any] = [heard.command.parameter(n).kind.load(v, ctx) for n, v in heard.values.items()]
        assert len(loaded) == len(heard.values)


def test_what_is_heavy_can_be_loaded_beforehand(member: Context) -> None:
    warm_up()
    assert isinstance(hear("申报 志愿 2小时", member), Heard)


def test_the_dictionary_of_pinyin_is_not_loaded_before_somebody_asks_for_it() -> None:
    code = "import sys, handlers.conversation; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
