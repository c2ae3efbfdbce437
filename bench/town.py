"""An organisation to load: the sample one with its three months of history, and further branches beside it."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, count, cycle, product

from sqlalchemy import select

from bench.load import Letter, letter
from bot import demo_data
from bot.office import sample
from bot.office.roster_rows import Held, MemberRow, OrganizationRow
from bot.sandbox.roster import new_openid
from models import bindings, followers, rolls, roster
from models.appointments import Office
from models.bindings import Binding
from models.followers import Touch
from models.members import Member
from models.months import Month, shanghai_day
from models.organizations import OrganizationKind
from models.sessions import Sessions

GROUPS, OF_A_GROUP = 3, 10
ADDED = "B"  # begins the staff numbers of the further branches
DEEDS = ("社区志愿 1小时", "走访慰问 1户", "结对互助 1次", "交办任务 1项")
PLACES = "安宁平康永福长乐清江石桥柳溪松竹梅兰青云凤凰龙虎"
_NUMBERS = count(1)  # of messages


def fill(sessions: Sessions, now: datetime, branches: int, *, history: bool = True) -> None:
    """The sample organisation and so many branches of 30 more, everyone bound."""
    if history:
        demo_data.fill(sessions, now)
    with sessions.write() as session:
        if not history:
            demo_data.found(session, Month.of(now).plus(-2))
        organizations, people = [sample.ORGANIZATIONS[1]], []
        for number in range(branches):
            rows, own = _branch(number)
            organizations += rows
            people += own
        roster.apply(session, [*sample.ORGANIZATIONS, *organizations[1:]], [*sample.MEMBERS, *people], now=now)
        session.flush()
        for member in session.scalars(select(Member).where(Member.staff_no.startswith(ADDED))).all():
            bindings.complete(session, member, new_openid(), now)
        # Everyone has just written: a person's first message in an hour also notes their window (models/followers.py).
        for openid in session.scalars(select(Binding.openid)).all():
            followers.touch(session, openid, Touch.MESSAGE, now)


def claimants(sessions: Sessions) -> list[str]:
    """The people of the further branches, who have claimed nothing yet."""
    with sessions.read() as session:
        query = select(Binding.openid).join(Member, Member.id == Binding.member_id)
        return list(session.scalars(query.where(Member.staff_no.startswith(ADDED)).order_by(Member.id)))


def _branch(number: int) -> tuple[list[OrganizationRow], list[MemberRow]]:
    path = (*sample.COMMITTEE, f"第{number + 10}支部")
    groups = [(*path, f"第{n + 1}小组") for n in range(GROUPS)]
    rows = [OrganizationRow(path, OrganizationKind.BRANCH)]
    rows += [OrganizationRow(group, OrganizationKind.GROUP) for group in groups]
    people = []
    for n, (group, place) in enumerate(product(groups, range(OF_A_GROUP))):
        offices: tuple[Held, ...] = (Held(Office.GROUP_LEADER, group),) if place == 0 else ()
        offices += (Held(Office.SECRETARY, path),) if n == 1 else ()
        people.append(MemberRow(f"{ADDED}{number}-{n}", f"党员{PLACES[n % len(PLACES)]}", group, "1234", offices))
    return rows, people


def openids(sessions: Sessions, now: datetime) -> list[str]:
    """Everyone who is bound, scored and of a branch."""
    with sessions.read() as session:
        left_out = rolls.not_scored(session, session.scalars(select(Member)).all(), Month.of(now))
        bound = session.scalars(select(Binding).order_by(Binding.member_id)).all()
        return [binding.openid for binding in bound if binding.member_id not in left_out]


def reading(people: list[str], word: str) -> Iterator[Letter]:
    """The same word from everyone in turn, without end; encrypted once."""
    return cycle([letter(openid, word, next(_NUMBERS)) for openid in people])


def claims(people: list[str], now: datetime) -> Iterator[Letter]:
    """Claims that nobody has made before, in words that nobody has used before, as in life."""
    month, today = Month.of(now), shanghai_day(now)
    days = [(month, day) for day in range(today.day, 0, -1)]
    if today.day < 4:  # the month before is still open
        before = month.plus(-1)
        days += [(before, day) for day in range(28, 0, -1)]
    places = cycle(map("".join, product(PLACES, repeat=2)))
    for deed, (of, day), openid in product(DEEDS, days, people):
        yield letter(openid, f"申报 {deed} {of.number}月{day}日 清扫{next(places)}河堤", next(_NUMBERS))


def enough(letters: Iterator[Letter]) -> Iterator[Letter]:
    """The same, and a word when they do not last; what is left of them can still be sent by somebody else."""
    return chain(letters, iter(_none_left, None))


def _none_left() -> Letter | None:
    raise SystemExit("there are no new claims left: it takes more branches, or fewer messages")
