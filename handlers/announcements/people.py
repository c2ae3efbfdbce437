"""What is told of bindings, requests, relays and reminders between people (rules 9, 28, 30)."""

from datetime import date

from handlers.announcements.announcement import Kind, Told, told
from handlers.cards import request_card
from handlers.command import Context
from handlers.meeting_words import scanned_word
from handlers.words import day_word, tap
from models import groups, requests, rounds
from models.months import Month
from models.notices import Posted
from models.requests import RequestKind, RequestStatus


def _request(ctx: Context, notice: Posted) -> Told | None:
    request = requests.get(ctx.session, int(notice.facts["request"]))
    if request.status is not RequestStatus.WAITING:
        return None
    what = {
        RequestKind.LEAVE: "请假，请审批",
        RequestKind.FORGOTTEN: "补签，请核对",
        RequestKind.NOT_EXPECTED: "不计应到，请审批",
    }
    short = f"L{request.id} {request.member.name}{what.get(request.kind, '申请绑定，请核对')}"
    return told(request_card(ctx, request), short=short, decides=True, member=request.member.name)


def _bound(ctx: Context, notice: Posted) -> Told:
    text = f"绑定成功：{ctx.member.name}，由{notice.facts['by']}核对\n看能办什么：{tap('帮助')}"
    if notice.facts.get("meeting"):
        text = f"{text}\n{scanned_word(ctx, notice.facts['meeting'])}"
    return told(text, short=f"{ctx.member.name}，绑定成功，可以申报了")


def _binding_refused(ctx: Context, notice: Posted) -> Told:
    text = f"绑定没有通过：{notice.facts['reason']}\n请和组长当面核对，或请组长给您一个绑定码"
    return told(text, short=f"绑定没有通过：{notice.facts['reason']}")


def _rebound(ctx: Context, notice: Posted) -> Told:
    text = "您的党员积分账号已换到另一个微信。不是您本人办的，请马上告诉组长或支部书记"
    return told(text, short="账号已换微信，非本人办请告诉组长")


def _relay(ctx: Context, notice: Posted) -> Told:
    text = f"{notice.facts['by']}传达：\n{notice.facts['text']}\n看到请回 {tap('收到')}"
    return told(text, short=f"{notice.facts['by']}：{notice.facts['text']}")


def _acting(ctx: Context, notice: Posted) -> Told:
    until = date.fromisoformat(notice.facts["until"])
    text = f"{notice.facts['by']}请您代理审核，到{day_word(until)}为止\n等您审的：{tap('待办')}"
    return told(text, short=f"请代{notice.facts['by']}审核到{day_word(until)}")


def _nudge(ctx: Context, notice: Posted) -> Told | None:
    month = Month.parse(notice.facts["month"])
    state = groups.state_of(ctx.session, [ctx.member], month)[0]
    if state.open:
        text = f"{notice.facts['by']}提醒您：有 {state.open} 条申报等您补充 {tap('我的申报')}"
        return told(text, short=f"有{state.open}条申报等您补充")
    if state.claims or state.said_nothing:
        return None
    last = rounds.last_claim_day(ctx.session, ctx.member.branch_id, month)
    return told(
        f"{notice.facts['by']}提醒您：{month.number}月还没有申报，{day_word(last)}24点前都能报\n"
        f"例如：申报 社区志愿 2小时 昨天\n没有要报的：{tap('本月没有了')}，不回也行",
        short=f"{month.number}月还没申报，{day_word(last)}前可报",
    )


KINDS = (
    Kind("request_waiting", "有申请待核对", _request),
    Kind("bound", "绑定成功", _bound),
    Kind("binding_refused", "绑定未通过", _binding_refused),
    Kind("rebound", "账号已换绑", _rebound),
    Kind("relay", "党组织传达", _relay),
    Kind("acting", "请您代理审核", _acting),
    Kind("nudge", "申报提醒", _nudge),
)
