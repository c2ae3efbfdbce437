"""What is told of the monthly round: to the branch's committee, the level above and every member (rules 14, 29)."""

from decimal import Decimal

from sqlalchemy.orm import Session

from handlers.announcements.announcement import Kind, Told, told
from handlers.command import Context
from handlers.round_words import disclosure_word, last_day, result_word
from handlers.rounds import summary
from handlers.words import day_word, figure, month_typed, month_word, tap
from models import disclosures, organizations, results, reviewing, rounds, settings
from models.disclosures import Line
from models.months import Month, shanghai_day
from models.notices import Posted
from models.once import once_per_session
from models.organizations import Organization
from models.results import Result
from models.rounds import Round, RoundState


def _round(ctx: Context, notice: Posted, state: RoundState) -> Round | None:
    """The round a notice speaks of, while it is still where it was."""
    round_ = rounds.find(ctx.session, int(notice.facts["branch"]), Month.parse(notice.facts["month"]))
    return round_ if round_ is not None and round_.state is state else None


def _branch(ctx: Context, notice: Posted) -> str:
    return ctx.session.get_one(Organization, int(notice.facts["branch"])).name


def _until(round_: Round) -> str:
    assert round_.review_until is not None
    return f"{day_word(shanghai_day(rounds.before(round_.review_until)))}24点"


def _review_open(ctx: Context, notice: Posted) -> Told | None:
    round_ = _round(ctx, notice, RoundState.REVIEW)
    if round_ is None:
        return None
    card = reviewing.card(ctx.session, round_.branch_id, round_.month, ctx.now)
    number = round_.month.number
    lines = [f"{_branch(ctx, notice)}{number}月的登记已截止，请评审", summary(card)]
    if card.undecided:
        lines.append(f"还有 {len(card.undecided)} 条申报没办完，办完才能公示")
    lines.append(f"{_until(round_)}前由书记提交公示")
    lines.append(tap("看评审", f"评审 {number}月"))
    short = f"请评审{number}月，{_until(round_)[:-3]}前公示"
    return told("\n".join(lines), short=short, decides=True, month=month_word(round_.month))


def _review_late(ctx: Context, notice: Posted) -> Told | None:
    round_ = _round(ctx, notice, RoundState.REVIEW)
    if round_ is None:
        return None
    number = round_.month.number
    waiting = len(reviewing.undecided(ctx.session, round_.branch_id, round_.month))
    lines = [f"{_branch(ctx, notice)}{number}月的评审已过期（{_until(round_)}），请提交公示"]
    if waiting:
        lines.append(f"还有 {waiting} 条申报没办完，办完才能公示")
    lines.append(f"{tap('看评审', f'评审 {number}月')} {tap('提交公示', f'提交公示 {number}月')}")
    short = f"{number}月评审已过期，请提交公示"
    return told("\n".join(lines), short=short, decides=True, month=month_word(round_.month))


def _review_late_above(ctx: Context, notice: Posted) -> Told | None:
    round_ = _round(ctx, notice, RoundState.REVIEW)
    if round_ is None:
        return None
    text = (
        f"{_branch(ctx, notice)}{round_.month.number}月的积分到{_until(round_)}没有提交公示，已提醒书记\n{tap('概况')}"
    )
    short = f"{_branch(ctx, notice)}{round_.month.number}月未提交公示"
    return told(text, short=short, month=month_word(round_.month))


@once_per_session
def _lines(session: Session, branch_id: int, month: Month) -> list[Line]:
    """What a disclosure shows; many notices are worded at once, and those of a branch are told of the same."""
    return disclosures.lines(session, branch_id, month)


def _disclosure(ctx: Context, notice: Posted) -> Told | None:
    round_ = _round(ctx, notice, RoundState.DISCLOSURE)
    if round_ is None:
        return None
    lines = _lines(ctx.session, round_.branch_id, round_.month)
    own = next((line for line in lines if line.member_id == ctx.member.id), None)
    number = round_.month.number
    text = [f"{_branch(ctx, notice)}{number}月积分公示", f"即日起{disclosure_word(round_)}"]
    if own is not None:
        text.append(f"您：{result_word(own)}")
    text.append(f"{tap('看全部', f'公示 {number}月')} {tap('核实无误', f'核实 {number}月')} {tap('我有意见')}")
    text.append(f"{last_day(round_).day}日24点前没有提出的，视为无异议")
    above = organizations.above(ctx.session, round_.branch_id)
    if above is not None:
        text.append(f"对支部答复不满意，可请{above.name}复核")
    score = f"{figure(own.score)}分，" if own is not None and own.score is not None else ""
    short = f"{number}月{score}请在{day_word(last_day(round_))}前核实"
    return told("\n".join(text), short=short, month=month_word(round_.month))


def _result(ctx: Context, notice: Posted) -> Told | None:
    branch_id, month = int(notice.facts["branch"]), Month.parse(notice.facts["month"])
    result = results.find(ctx.session, branch_id, ctx.member.id, month)
    if result is None:
        return None
    text = [f"{month.number}月积分已审定：{result_word(result)}"]
    text += _place_and_trend(ctx, result)
    text.append(f"{tap('看明细', f'积分 {month_typed(month, ctx.now)}')} {tap('看公示', f'公示 {month.number}月')}")
    score = "不计分" if result.score is None else f"{figure(result.score)}分"
    return told("\n".join(text), short=f"{month.number}月审定：{score}", month=month_word(month))


def _place_and_trend(ctx: Context, result: Result) -> list[str]:
    """The rank where standings are shown, and how it compares with the month before."""
    parts = []
    if result.rank is not None and settings.get(ctx.session, settings.STANDINGS_SHOWN, result.branch_id) != "off":
        parts.append(f"支部内第{result.rank}名")
    before = results.find(ctx.session, result.branch_id, result.member_id, result.month.plus(-1))
    if before is not None and before.score is not None and result.score is not None:
        parts.append(_trend(result.score - before.score, before.month))
    return ["，".join(parts)] if parts else []


def _trend(more: Decimal, month: Month) -> str:
    if not more:
        return f"和{month.number}月持平"
    return f"比{month.number}月{'高' if more > 0 else '低'}{figure(abs(more))}分"


KINDS = (
    Kind("review_open", "请评审上月积分", _review_open),
    Kind("review_late", "请提交积分公示", _review_late),
    Kind("review_late_above", "支部未提交公示", _review_late_above),
    Kind("disclosure", "月度积分公示", _disclosure),
    Kind("result", "月度积分已审定", _result),
)
