"""The monthly round of a branch: a state, and the moments at which it moves on (rules 14).

    open ──claims_until──▶ review ──submit──▶ disclosure ──final_from, nothing unanswered──▶ final

A month's round arises with the month (jobs/rounds.py); each due moment is stored when it arises. Months before
a branch's first round have none: their moments are computed from the settings. Whoever moves a round, or writes
what depends on its state, holds the lock of the branch's book (rules 4). The secretary's verb is in
``models/reviewing.py``, the last passage in ``models/finalizing.py``.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from models import settings
from models.base import Base
from models.columns import MonthOf, RowId, one_of
from models.errors import Refused
from models.members import Member
from models.months import Month, at, shanghai_day
from models.objects import Objects
from models.once import forget, once_per_session
from models.prepared import Prepared
from models.rows import insert_once
from models.workdays import workday_after, working_days_after

HOUR = 9  # o'clock: a month becomes final, and who is late is reminded


class RoundState(StrEnum):
    """Where a month of a branch is."""

    OPEN = "open"  # 登记: deeds of the month may be claimed
    REVIEW = "review"  # 评审: what is undecided is cleared, the branch reviews the list
    DISCLOSURE = "disclosure"  # 公示: every member sees everyone's result
    FINAL = "final"  # 审定: scores, ranks and stars are fixed


STATE_WORDS = {
    RoundState.OPEN: "登记",
    RoundState.REVIEW: "评审",
    RoundState.DISCLOSURE: "公示",
    RoundState.FINAL: "审定",
}
DISCLOSED = (RoundState.DISCLOSURE, RoundState.FINAL)


class Round(Base):
    """One month of one branch. ``head`` is the end of the branch's chain (sequence:hash) when it was submitted."""

    __tablename__ = "rounds"
    read_once = True
    __table_args__ = (UniqueConstraint("branch_id", "month"), Index("ix_rounds_state", "state", "month"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    month: Mapped[Month] = mapped_column(MonthOf)
    state: Mapped[RoundState] = mapped_column(one_of(RoundState))
    claims_until: Mapped[datetime]
    review_until: Mapped[datetime | None]
    reminded_on: Mapped[date | None]  # the last day on which the secretary was reminded to submit
    moved_up_at: Mapped[datetime | None]  # the level above was told that it is late
    warned_on: Mapped[date | None]  # the last day on which it was seen who is under the mark
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    submitted_at: Mapped[datetime | None]
    meeting: Mapped[int | None]  # M7, the meeting that reviewed it
    head: Mapped[str] = mapped_column(String(90), default="")
    disclosure_until: Mapped[datetime | None]
    final_from: Mapped[datetime | None]
    final_at: Mapped[datetime | None]
    # What the snapshot covers: the entries of the chain up to this one, by this version of the rulebook.
    last_sequence: Mapped[int | None]
    rulebook_id: Mapped[int | None] = mapped_column(ForeignKey("rulebook_versions.id"))

    submitted_by: Mapped[Member | None] = relationship()

    @property
    def subject(self) -> str:
        """What its notices are about."""
        return f"round:{self.id}"

    @property
    def facts(self) -> dict[str, str | int]:
        """What its notices carry."""
        return {"branch": self.branch_id, "month": str(self.month)}

    @property
    def word(self) -> str:
        return STATE_WORDS[self.state]


class MonthClosed(Refused):
    """Deeds of that month can no longer be claimed."""


class NotYet(Refused):
    """The day of a deed lies in the future."""


class MonthDisclosed(Refused):
    """The month is in disclosure or final: it changes only by what an objection or the branch writes anew."""


_OF_MONTH = select(Round).where(
    Round.branch_id == bindparam("branch_id"), Round.month == bindparam("month", type_=MonthOf)
)
_FIND = Objects(_OF_MONTH)
_STATE = select(Round.state).where(
    Round.branch_id == bindparam("branch_id"), Round.month == bindparam("month", type_=MonthOf)
)


@once_per_session
def find(session: Session, branch_id: int, month: Month) -> Round | None:
    """The round of a branch's month; None before it arose."""
    return _FIND.first(session, branch_id=branch_id, month=month)


def find_anew(session: Session, branch_id: int, month: Month) -> Round | None:
    """As ``find``, read from the database again: for who has just locked the branch's book."""
    query = _OF_MONTH.execution_options(populate_existing=True)
    return session.scalars(query, {"branch_id": branch_id, "month": month}).first()


def latest(session: Session, branch_id: int, *states: RoundState) -> Round | None:
    """The newest round of a branch that is in one of these states."""
    query = select(Round).where(Round.branch_id == branch_id, Round.state.in_(states))
    return session.scalars(query.order_by(Round.month.desc()).limit(1)).first()


def oldest(session: Session, branch_id: int, *states: RoundState) -> Round | None:
    """The oldest round of a branch that is in one of these states."""
    query = select(Round).where(Round.branch_id == branch_id, Round.state.in_(states))
    return session.scalars(query.order_by(Round.month).limit(1)).first()


def begin(session: Session, branch_id: int, month: Month) -> bool:
    """Let the round of a month arise, with the moment its claims close; False when it is there already."""
    closes = _claims_close(session, branch_id, month)
    return insert_once(
        session, Round, branch_id=branch_id, month=month, state=RoundState.OPEN, claims_until=closes, head=""
    )


def move(session: Session, round_: Round, to: RoundState, **values: Any) -> bool:
    """One guarded UPDATE; the row count decides whether this call moved it on."""
    values["state"] = to
    session.flush()
    moved = _moving(tuple(values)).run(session, moved_id=round_.id, was=round_.state, **values)
    forget(session)
    if not moved:
        session.refresh(round_)
        return False
    for name, value in values.items():
        set_committed_value(round_, name, value)
    return True


@cache
def _moving(names: tuple[str, ...]) -> Prepared:
    """The UPDATE that moves a round on and sets these columns: two thousand branches run it in one morning."""
    columns = Round.__table__.c
    still = (Round.id == bindparam("moved_id"), Round.state == bindparam("was", type_=columns["state"].type))
    return Prepared(update(Round).where(*still).values({n: bindparam(n, type_=columns[n].type) for n in names}))


def begin_review(session: Session, round_: Round, now: datetime) -> bool:
    """Open the review of a month whose claims are closed; False when they are not, or it was opened before."""
    if round_.state is not RoundState.OPEN or now < round_.claims_until:
        return False
    until = _review_ends(session, round_.branch_id, round_.claims_until)
    return move(session, round_, RoundState.REVIEW, review_until=until)


def claims_until(session: Session, branch_id: int, month: Month) -> datetime:
    """When claims about a month close: 24:00 of the 3rd working day of the next month."""
    found = find(session, branch_id, month)
    return found.claims_until if found is not None else _claims_close(session, branch_id, month)


def last_claim_day(session: Session, branch_id: int, month: Month) -> date:
    """The last day on which deeds of a month may be claimed."""
    return shanghai_day(before(claims_until(session, branch_id, month)))


def review_until(session: Session, branch_id: int, month: Month) -> datetime:
    """When what is undecided about a month must be cleared: 4 working days later."""
    found = find(session, branch_id, month)
    if found is not None and found.review_until is not None:
        return found.review_until
    return _review_ends(session, branch_id, claims_until(session, branch_id, month))


def disclosure_ends(session: Session, branch_id: int, now: datetime) -> datetime:
    """When a disclosure that begins now ends: 24:00 of the 5th working day from then."""
    return working_days_after(now, settings.get(session, settings.DISCLOSURE_DAYS, branch_id))


def final_from(disclosure_until: datetime) -> datetime:
    """When a month may become final: at 9:00 of the first working day after the disclosure."""
    return at(workday_after(shanghai_day(before(disclosure_until)), 1), HOUR)


def is_open(session: Session, branch_id: int, month: Month, now: datetime) -> bool:
    """Whether deeds of a month may be claimed at a moment."""
    present = Month.of(now)
    # Claims never close before the month ends, so for the present one nothing need be read.
    return month == present or (month < present and now < claims_until(session, branch_id, month))


def check_day(session: Session, branch_id: int, day: date, now: datetime) -> None:
    """Raise NotYet or MonthClosed when a deed of that day may not be claimed now (rules 8)."""
    check_come(day, now)
    month = Month.of(day)
    if not is_open(session, branch_id, month, now):
        last = last_claim_day(session, branch_id, month)
        raise MonthClosed(
            f"{month.number}月的事到{last.month}月{last.day}日为止，现在不能再报。确有特殊情况请找支部书记",
            "申报 社区志愿 2小时 昨天",
        )


def check_come(day: date, now: datetime) -> None:
    """Raise NotYet when a day has not come: no deed was done on it."""
    if day > shanghai_day(now):
        raise NotYet(f"{day.month}月{day.day}日还没到，做完再报", "申报 社区志愿 2小时 今天")


def open_months(session: Session, branch_id: int, now: datetime) -> list[Month]:
    """The months whose deeds may be claimed now, oldest first."""
    current = Month.of(now)
    return [m for m in (current.plus(-1), current) if is_open(session, branch_id, m, now)]


def left_review(session: Session, branch_id: int, month: Month, now: datetime) -> bool:
    """Whether a month is no longer open or under review, read anew (rules 11); holds the branch's lock."""
    if month >= Month.of(now):
        return False
    state = session.connection().scalar(_STATE, {"branch_id": branch_id, "month": month})
    if state is None:
        return now >= review_until(session, branch_id, month)
    return state in DISCLOSED


def check_undisclosed(session: Session, branch_id: int, month: Month, now: datetime, example: str) -> None:
    """Raise MonthDisclosed when what is claimed about a month is no longer decided."""
    if month >= Month.of(now):
        return
    found = find(session, branch_id, month)
    if found is not None and found.state in DISCLOSED:
        raise MonthDisclosed(f"{month.number}月已经{found.word}，申报不再审核。确需更正，请找支部书记", example)


def _claims_close(session: Session, branch_id: int, month: Month) -> datetime:
    return working_days_after(before(month.ends), settings.get(session, settings.CLAIM_DAYS, branch_id))


def _review_ends(session: Session, branch_id: int, closed: datetime) -> datetime:
    return working_days_after(before(closed), settings.get(session, settings.REVIEW_DAYS, branch_id))


def before(moment: datetime) -> datetime:
    """The last instant of the day that ends at a 24:00."""
    return moment.replace(microsecond=0) - timedelta(seconds=1)
