"""What is told of quarters and years, and of who is scored (rules 7, 21, 22)."""

from handlers.announcements.announcement import Kind, Told, told
from handlers.command import Context
from handlers.evaluations import gate_word
from handlers.quarters import candidate_lines, honour_lines, says, titled
from handlers.words import month_word, tap
from models import candidates, evaluations
from models.members import Member
from models.months import Month, Period
from models.notices import Posted
from models.organizations import Organization
from models.quarters import Quarter, QuarterState


def _quarter(ctx: Context, notice: Posted) -> Quarter:
    return ctx.session.get_one(Quarter, int(notice.facts["quarter"]))


def _proposed(ctx: Context, notice: Posted) -> Told | None:
    quarter = _quarter(ctx, notice)
    if quarter.state is not QuarterState.PROPOSED:
        return None
    period = Period.quarter(quarter.first)
    lines = [f"{titled(period)}三个月都已审定，请支委会评选"]
    lines += candidate_lines(candidates.of_branch(ctx.session, quarter.branch_id, period))
    lines.append(f"{tap('看通报', says('季度通报', period))} {tap('确认', says('确认先锋岗', period))}")
    return told("\n".join(lines), short=f"{titled(period)}评选等确认", decides=True)


def _confirmed(ctx: Context, notice: Posted) -> Told:
    quarter = _quarter(ctx, notice)
    period = Period.quarter(quarter.first)
    lines = [f"{titled(period)}评选结果", *honour_lines(ctx, quarter), tap("看通报", says("季度通报", period))]
    return told("\n".join(lines), short=f"{titled(period)}评选有结果了")


def _year_closed(ctx: Context, notice: Posted) -> Told:
    branch = ctx.session.get_one(Organization, int(notice.facts["branch"]))
    year = int(notice.facts["year"])
    found = evaluations.of_branch(ctx.session, branch.id, year, ctx.now)
    names = "、".join(line.name for line in found.excellent) or "没有"
    lines = [f"{branch.name}{year}年各月都已审定，可以年终总评", gate_word(found), f"可评优秀：{names}"]
    lines.append(tap("看年终总评", f"年终 {year}年 {branch.name}"))
    return told("\n".join(lines), short=f"{year}年可以年终总评")


def _commended(ctx: Context, notice: Posted) -> Told:
    congratulation = f"祝贺您：{notice.facts['year']}年度{notice.facts['title']}"
    return told(congratulation, short=congratulation)


def _left_out(ctx: Context, notice: Posted) -> Told:
    facts = notice.facts
    first = month_word(Month.parse(facts["from"]), ctx.now)
    until = f"至{month_word(Month.parse(facts['until']), ctx.now)}" if facts["until"] else "起"
    text = f"{_who(ctx, notice)}{first}{until}不计分（{facts['reason']}），不进排名和平均，仍可申报作记录"
    return told(text, short=f"{_who(ctx, notice)}{first}{until}不计分")


def _scored_again(ctx: Context, notice: Posted) -> Told:
    text = f"{_who(ctx, notice)}从{month_word(Month.parse(notice.facts['from']), ctx.now)}起恢复计分"
    return told(text, short=text)


def _who(ctx: Context, notice: Posted) -> str:
    member = ctx.session.get_one(Member, int(notice.facts["member"]))
    return "您" if member.id == ctx.member.id else member.name


KINDS = (
    Kind("left_out", "计分状态有变化", _left_out),
    Kind("scored_again", "计分状态有变化", _scored_again),
    Kind("quarter_proposed", "季度评选等确认", _proposed),
    Kind("quarter_confirmed", "季度评选结果", _confirmed),
    Kind("year_closed", "年终总评", _year_closed),
    Kind("commended", "年度表彰", _commended),
)
