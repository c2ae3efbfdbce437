"""考勤: who came to one meeting, or how often over a time, each role seeing what it may (rules 23, 25).

Branches stand in the order of the roster, and points are no part of it.
"""

from collections.abc import Sequence

from handlers import meeting_words
from handlers.arguments import (
    THIS_MONTH,
    HeldBy,
    OfCadres,
    SeenKind,
    SeenMeeting,
    SeenPerson,
    Stretch,
    Unheard,
)
from handlers.command import Command, Context, Reply, command
from handlers.understanding.kinds_of_meetings import moment_word
from handlers.words import figure
from models import attendance_figures, attendance_views, meetings, organizations
from models.appointments import ABOVE_BRANCHES, Role
from models.attendance_figures import Figures, Line
from models.members import Member
from models.months import Period
from models.organizations import Nature, Organization

MEETINGS = 3  # of one's own, shown to choose from
OWN_LIFE = "双重组织生活"


@command("考勤", who=Role.MEMBER, example="考勤 今年", heard=("谁没来", "谁没到", "到会情况"))
def show(
    ctx: Context,
    number: SeenMeeting = None,
    cadres: OfCadres = False,
    whose: HeldBy = (),
    kinds: SeenKind = (),
    person: SeenPerson = None,
    span: Stretch = THIS_MONTH,
    rest: Unheard = "",
) -> Reply:
    """看一段时间的到会情况；组织人看一次会：考勤 M3。"""
    if number is not None:
        return _one_meeting(ctx, number)
    if rest:
        raise attendance_views.nothing_of(rest)
    kind = kinds[0] if kinds else ""
    if person is not None:
        return _member(ctx, person, span.period, span.word, kind)
    for one in whose:
        attendance_views.check_organization(ctx.session, ctx.member, one, ctx.now)
    seen = whose or attendance_views.widest(ctx.session, ctx.member, ctx.now)
    if not seen:
        return _member(ctx, ctx.member, span.period, span.word, kind)
    if cadres:
        return _cadres(ctx, seen, span.period, span.word)
    shown = [_organization(ctx, one, span.period, span.word, kind) for one in seen]
    text = "\n".join([*shown, "看一个人：考勤 姓名 今年；看自己：考勤 我 今年"])
    return Reply(text) if whose or kind else _with_own_meetings(ctx, text)


def _one_meeting(ctx: Context, number: int) -> Reply:
    meeting = meetings.get_run(ctx.session, number, by=ctx.member, now=ctx.now)
    head = f"M{number} {meeting.title}　{moment_word(meeting.starts_at)}　{meeting_words.STATES[meeting.state]}"
    return Reply("\n".join([head, *meeting_words.attended(ctx, meeting), f"有出入：补记 M{number} 姓名 到会 理由"]))


def _with_own_meetings(ctx: Context, text: str) -> Reply:
    """With the meetings that the asker held last, to look at one of them by its number."""
    held = attendance_views.last_held(ctx.session, ctx.member, MEETINGS)
    if not held:
        return Reply(text)
    rows = [f"{n} M{one.id} {moment_word(one.starts_at)} {one.title}" for n, one in enumerate(held, start=1)]
    text = "\n".join([text, "看一次会，回数字：", *rows])
    return Reply(text, listed=tuple(f"考勤 M{one.id}" for one in held))


def _member(ctx: Context, member: Member, period: Period, word: str, kind: str) -> Reply:
    attendance_views.check_member(ctx.session, ctx.member, member, ctx.now)
    found = attendance_figures.of_member(ctx.session, member, period, kind)
    head = f"{member.name}　{word}{kind or '组织生活'}"
    if not found.whole.meetings:
        return Reply(f"{head}：没有散会的会")
    kinds = [] if kind else [_rates(line) for line in found.kinds]
    return Reply("\n".join([head, _figures(found.whole.figures, "次"), *kinds, *_own_life(found.cadres, "")]))


def _organization(ctx: Context, one: Organization, period: Period, word: str, kind: str) -> str:
    title = f"{word}{kind or '组织生活'}"
    if one.kind in ABOVE_BRANCHES:
        return _branches(ctx, one, period, title, kind)
    found = attendance_figures.of_organization(ctx.session, one, period, kind)
    if not found.whole.meetings:
        return f"{one.name}　{title}：没有散会的会"
    lines = [f"{one.name}　{title}　{found.whole.meetings}次会", _figures(found.whole.figures, "人次")]
    kinds = [] if kind else found.kinds
    lines += [*(_short(line) for line in (*kinds, *found.groups)), *_own_life(found.cadres)]
    return "\n".join([*lines, *_people(found.members)])


def _branches(ctx: Context, above: Organization, period: Period, title: str, kind: str) -> str:
    below = organizations.branches_below(ctx.session, above.id)
    branches = [branch for branch in below if branch.nature is not Nature.TEMPORARY]
    found = attendance_figures.of_branches(ctx.session, branches, period, kind)
    cadres = [] if kind else attendance_figures.of_cadres(ctx.session, [one.id for one in branches], period)
    lines = [f"{above.name}各支部　{title}", *(_short(line) for line in found), *_own_life(cadres)]
    return "\n".join([*lines, "看一个支部：考勤 支部名称 今年"])


def _cadres(ctx: Context, seen: Sequence[Organization], period: Period, word: str) -> Reply:
    ids = [branch.id for branch in organizations.branches_below(ctx.session, *(one.id for one in seen))]
    found = attendance_figures.of_cadres(ctx.session, ids, period)
    head = f"{word}领导干部参加所在支部、小组组织生活"
    lines = [f"{line.name}：{_figures(line.figures, '次')}" for line in found]
    return Reply("\n".join([head, *lines]) if lines else f"{head}：没有散会的会")


def _figures(found: Figures, unit: str) -> str:
    """应到 12 次，到会 10（迟到 1），请假 1，缺席 1，到会率 83.33%."""
    if found.rate is None:
        return "可以不到会，不计应到"
    late = f"（迟到 {found.late}）" if found.late else ""
    away = f"请假 {found.on_leave}，缺席 {found.absent}"
    return f"应到 {found.expected} {unit}，到会 {found.came}{late}，{away}，到会率 {figure(found.rate)}%"


def _short(line: Line) -> str:
    return _rates(line, f"{line.meetings}次会，")


def _rates(line: Line, held: str = "") -> str:
    """党课：1次会，应到 13，到会 2，到会率 15.38%."""
    rate = f"，到会率 {figure(line.figures.rate)}%" if line.figures.rate is not None else ""
    return f"{line.name}：{held}应到 {line.figures.expected}，到会 {line.figures.came}{rate}"


def _own_life(cadres: Sequence[Line], whose: str | None = None) -> list[str]:
    """Leading cadres at their own branch and group, in one line."""
    if not cadres:
        return []
    expected, came = (sum(getattr(line.figures, name) for line in cadres) for name in ("expected", "came"))
    people = f"领导干部 {len(cadres)} 人在" if whose is None else whose
    return [f"{OWN_LIFE}（{people}所在支部、小组）：应到 {expected}，到会 {came}"]


def _people(members: Sequence[Line]) -> list[str]:
    """Each as came of expected; whoever need not come is left out."""
    shown = [f"{one.name} {one.figures.came}/{one.figures.expected}" for one in members if one.figures.expected]
    return [f"每人（到会/应到）：{'、'.join(shown)}"] if shown else []


COMMANDS: tuple[Command, ...] = (show,)
