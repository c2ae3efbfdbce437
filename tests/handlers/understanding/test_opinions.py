"""Discontent, consent, thanks and the branch's records told in sentences: shown first, never filed by chance."""

from collections.abc import Callable

import pytest

from handlers.context import Context
from handlers.understanding.hear import Heard, Thanked, Unknown, Wondered, fill, hear
from tests.handlers.understanding.report import play

Asker = Callable[[str], Context]


@pytest.mark.parametrize("text", ["我有意见", "我不服", "提个意见", "这个分不公平", "我对打分有意见", "想讨个说法"])
def test_discontent_opens_the_door_and_files_nothing_yet(member: Context, text: str) -> None:
    played = play(text, member)
    assert (played.command, played.outcome) == ("我有意见", "ask")


def test_a_longer_opinion_is_shown_before_it_is_filed(member: Context) -> None:
    heard = hear("我觉得这个月的评分办法不合理，干多干少一个样", member)
    assert isinstance(heard, Heard)
    assert heard.command.word == "我有意见"
    assert not heard.values
    assert heard.doubts["text"].candidates[0].value == "我觉得这个月的评分办法不合理，干多干少一个样"


def test_an_objection_told_in_a_sentence_shows_its_reason_first(member: Context) -> None:
    heard = hear("对王芳的分有异议，她没去扫雪", member)
    assert isinstance(heard, Heard)
    assert heard.command.word == "异议"
    assert heard.doubts["text"].candidates[0].value == "她没去扫雪"


def test_an_objection_without_a_reason_asks_for_one(member: Context) -> None:
    heard = hear("对王芳的分有异议", member)
    assert isinstance(heard, Heard)
    assert not heard.doubts["text"].candidates


@pytest.mark.parametrize("text", ["没意见", "我没有意见", "没有异议", "公示我看了没有异议", "无异议"])
def test_consent_offers_the_check_and_does_nothing(member: Context, text: str) -> None:
    heard = hear(text, member)
    assert isinstance(heard, Unknown)
    assert heard.likely[0] == "核实"


def test_consent_beside_a_number_or_of_a_stranger_is_none(leader: Context, asker: Asker) -> None:
    assert not isinstance(hear("12没意见", leader), Heard)
    assert hear("没有意见", asker("stranger")) == Unknown(("我有意见",))


@pytest.mark.parametrize(
    "text",
    [
        "有没有意见",
        "我没有不服",
        "怎么提意见",
        "申诉有用吗",
        "申诉怎么写",
        "反映问题会不会泄露我名字",
        "建议怎么提",
        "申诉处理了没有",
        "不申诉",
        "要不要公示",
        "加分申报怎么弄",
        "扣分了？为什么扣我",
        "为啥扣我分",
        "公示了没",
        "归零是什么意思",
    ],
)
def test_what_is_asked_or_denied_is_never_filed(member: Context, text: str) -> None:
    played = play(text, member)
    assert not (played.outcome == "command" and played.changes)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("建议被采纳1条", "权益-01"),
        ("我提的建议被采纳了1条", "权益-01"),
        ("昨天走访2户，群众对拆迁有意见", "志愿-02"),
        ("昨天走访2户，群众反映路灯坏了", "志愿-02"),
        ("申报 重点工作 处理积案3件", "业务-01"),
        ("加分 志愿服务 2小时 昨天", "志愿-01"),
        ("加分申报 志愿服务 2小时 昨天", "志愿-01"),
    ],
)
def test_the_words_of_the_round_inside_a_claim_leave_it_a_claim(member: Context, text: str, item: str) -> None:
    played = play(text, member)
    assert (played.command, played.outcome, played.args["item"]) == ("申报", "command", item)


@pytest.mark.parametrize(
    "text", ["给王芳加分 昨天扫雪2小时", "加分 王芳 见义勇为", "给刘强扣分 开会玩手机", "扣分 刘强 玩手机"]
)
def test_a_member_gives_and_takes_nobody_points(member: Context, text: str) -> None:
    played = play(text, member)
    assert played.refused or played.outcome == "unknown"


def test_what_a_member_means_by_the_words_of_the_branch(member: Context) -> None:
    assert play("加分", member).command == "申报"
    assert play("帮我加分", member).command == "申报"
    assert play("扣分", member).command == "积分"


def test_an_opinion_about_a_deed_is_asked_about(member: Context) -> None:
    heard = hear("昨天扫雪2小时只算1小时，我不服", member)
    assert heard == Unknown(("我有意见", "申报"))


@pytest.mark.parametrize(
    ("text", "names", "item"),
    [
        ("加分 张三、王芳 交办任务 布置会场", ["张三", "王芳"], "义务-01"),
        ("给王芳加分 受表彰 区级先进", ["王芳"], "业务-04"),
        ("给刘强扣分，开会玩手机", ["刘强"], "纪律-01"),
        ("减分 张三 刘强 会风 会上打瞌睡", ["张三", "刘强"], "纪律-01"),
    ],
)
def test_a_secretary_records_for_one_or_many(asker: Asker, text: str, names: list[str], item: str) -> None:
    played = play(text, asker("secretary"))
    assert (played.command in {"加分", "扣分"}, played.args["names"], played.args["item"]) == (True, names, item)


@pytest.mark.parametrize("text", ["先不要给张三扣分", "要不要给张三扣分", "要是张三再迟到就给他扣分", "怎么给人扣分"])
def test_a_record_that_is_asked_supposed_or_denied_is_none(asker: Asker, text: str) -> None:
    assert not isinstance(hear(text, asker("secretary")), Heard)


def test_one_name_that_is_not_clear_is_asked_with_those_before_it(asker: Asker) -> None:
    heard = hear("加分 王芳 小张 交办任务 布置会场", asker("secretary"))
    assert isinstance(heard, Heard)
    assert [choice.label for choice in heard.doubts["people"].candidates] == ["王芳、张三"]


@pytest.mark.parametrize(
    "text", ["谢谢", "辛苦了", "好的谢谢", "多谢组长", "太感谢了🙏", "麻烦您了", "不客气", "大家辛苦了", "小张辛苦了"]
)
def test_thanks_are_thanks(member: Context, text: str) -> None:
    assert hear(text, member) == Thanked()


@pytest.mark.parametrize("text", ["收到谢谢", "谢谢，昨天志愿2小时", "12同意，谢谢", "谢谢，通过了吗"])
def test_thanks_beside_something_are_not_all_of_it(leader: Context, text: str) -> None:
    assert not isinstance(hear(text, leader), Thanked)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("走访慰问 1户 今天 看望独居老人", "看望独居老人"),
        ("申报 社区志愿 2小时 18日 扫雪", "扫雪"),
        ("申报 社区志愿 2小时 18日 清扫河堤", "清扫河堤"),
        ("申报 社区志愿 2小时 18日", None),
        ("扫雪2小时 昨天", "扫雪"),
        ("申报 志愿-01 2小时 昨天 义务扫雪", "义务扫雪"),
    ],
)
def test_what_follows_the_item_is_the_note(member: Context, text: str, note: str | None) -> None:
    heard = hear(text, member)
    assert isinstance(heard, Heard)
    assert (heard.values.get("note") or None) == note


def test_a_note_survives_the_question_for_the_item(member: Context) -> None:
    heard = hear("申报 下社区 2小时 昨天 扫雪除冰", member)
    assert isinstance(heard, Heard)
    for item in ("志愿-01", "志愿-02"):
        values, _ = fill(heard.command, "下社区 2小时 昨天 扫雪除冰", member, {**heard.values, "item": item})
        assert values["note"].endswith("扫雪除冰")


def test_hours_of_what_no_item_names_suggest_nothing_in_particular(member: Context) -> None:
    heard = hear("加班3小时", member)
    assert isinstance(heard, Heard)
    offered = [choice.value for choice in heard.doubts["item"].candidates]
    assert len(offered) > 1
    assert "志愿-01" in offered
    swept = hear("下午扫了两小时马路", member)
    assert isinstance(swept, Heard)
    assert [choice.value for choice in swept.doubts["item"].candidates] == ["志愿-01"]


def test_several_acts_are_offered_as_the_lines_they_are(leader: Context) -> None:
    assert hear("12通过，13不通过", leader) == Unknown(("通过 12", "不通过 13"))
    assert hear("Y7成立，T5认可", leader) != Thanked()


def test_the_answer_to_an_opinion_needs_no_word_but_its_letter(asker: Asker) -> None:
    played = play("Y7不成立，当天没有到会", asker("secretary"))
    assert (played.command, played.args["numbers"], played.args["verdict"]) == ("处理", ["Y7"], "refuse")
    assert isinstance(hear("Y7成立吗", asker("secretary")), Wondered)
    assert hear("通过 Y7", asker("secretary")) != Heard(asker("secretary").families.get("通过"), {"numbers": ["Y7"]})


@pytest.mark.parametrize(
    ("role", "text"),
    [
        ("secretary", "处理 Y7 成立吗"),
        ("secretary", "处理 Y7 不成立 当天没来吗？"),
        ("secretary", "Y7成立了没有"),
        ("inspector", "抽查 12 属实了没有"),
        ("inspector", "抽查 12 不实吗"),
        ("leader", "不通过 14 缺照片吗？"),
        ("leader", "14不同意，缺照片吗？"),
    ],
)
def test_a_decision_that_ends_in_a_question_is_none(asker: Asker, role: str, text: str) -> None:
    played = play(text, asker(role))
    assert not (played.outcome == "command" and played.changes)


def test_a_breach_of_discipline_goes_to_its_own_answer_at_once(member: Context) -> None:
    heard = hear("老王收了人家的红包", member)
    assert isinstance(heard, Heard)
    assert heard.command.word == "反映"
