"""抽查: when a month's review opens, a tenth of the branch's approved claims are looked at again (S2, rules 16).

    waiting ──属实──▶ true
     │ ▲ └────不实──▶ untrue
     │ └─undone within a day──┘
    lapsed, from the beginning, where nobody is eligible to look

A draw is made once per branch and month. Its seed is the hash of all chains' heads at that moment, so that nobody
chooses it, and anyone repeats it with ``draw_from``. Findings are in ``models/inspecting.py``; nothing of this ever
delays the disclosure.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import inspectors, ledger, notices, rounds, settings
from models.base import Base
from models.claims import LONGEST, Claim, ClaimStatus
from models.columns import MonthOf, RowId, one_of
from models.errors import Refused
from models.guarded import rows_changed
from models.ledger import Book
from models.members import Member
from models.months import Month, at, shanghai_day
from models.organizations import Organization
from models.rounds import Round, RoundState
from models.rows import insert_once
from models.workdays import workday_before

HUNDRED = 100


class Finding(StrEnum):
    """What an inspector found."""

    WAITING = "waiting"  # not looked at yet
    TRUE = "true"  # 属实
    UNTRUE = "untrue"  # 不实
    LAPSED = "lapsed"  # nobody was eligible to look


class SpotHeads(Base):
    """The heads of all chains at one moment, kept once for the draws of all branches: thousands draw at once."""

    __tablename__ = "spot_heads"

    seed: Mapped[str] = mapped_column(String(64), primary_key=True)
    heads: Mapped[list[str]] = mapped_column(JSON)


class SpotDraw(Base):
    """One draw with everything that repeats it. ``heads`` are ``branch:sequence:hash`` by ascending branch.

    ``remind_at`` is when who has not looked is reminded, some working days before the review ends; None when that was
    done, or the review was nearly over at the draw.
    """

    __tablename__ = "spot_draws"
    __table_args__ = (UniqueConstraint("branch_id", "month"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    month: Mapped[Month] = mapped_column(MonthOf)
    share: Mapped[int]  # in per cent
    seed: Mapped[str] = mapped_column(ForeignKey("spot_heads.seed"))
    population: Mapped[list[int]] = mapped_column(JSON)
    drawn: Mapped[list[int]] = mapped_column(JSON)
    drawn_at: Mapped[datetime]
    remind_at: Mapped[datetime | None] = mapped_column(index=True)

    branch: Mapped[Organization] = relationship()
    seen: Mapped[SpotHeads] = relationship()

    @property
    def heads(self) -> list[str]:
        """What the seed is the hash of."""
        return self.seen.heads


class SpotCheck(Base):
    """One drawn claim and what its inspector found; ``approver_id`` is whoever approved it, for whom it counts.

    ``findings`` counts what was found of it so far, undone findings too.
    """

    __tablename__ = "spot_checks"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("spot_draws.id"), index=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), unique=True)
    inspector_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    approver_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    finding: Mapped[Finding] = mapped_column(one_of(Finding))
    findings: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(LONGEST), default="")
    found_at: Mapped[datetime | None]

    draw: Mapped[SpotDraw] = relationship()
    claim: Mapped[Claim] = relationship()
    inspector: Mapped[Member | None] = relationship(foreign_keys=[inspector_id])

    @property
    def cause(self) -> str:
        """The cause of the deduction that a finding of 不实 gives: a later one, after an undo, has one of its own."""
        return f"check:{self.id}:{self.findings}" if self.findings > 1 else f"check:{self.id}"

    @property
    def subject(self) -> str:
        """What the notice to the inspector is about: everything of one draw at once."""
        return f"draw:{self.draw_id}:{self.inspector_id}"


class NotInReview(Refused):
    """A month is drawn from when its review opens, not before."""


def seed_of(heads: Iterable[str]) -> str:
    """The seed of a draw: the SHA-256 of all heads, joined by semicolons."""
    return hashlib.sha256(";".join(heads).encode()).hexdigest()


def place(seed: str, claim_id: int) -> str:
    """Where a claim stands in the order of a draw: the SHA-256 of ``seed:number``."""
    return hashlib.sha256(f"{seed}:{claim_id}".encode()).hexdigest()


def draw_from(seed: str, population: Iterable[int], share: int) -> list[int]:
    """The share (per cent, rounded up) of a population that a seed draws, in the order drawn."""
    order = sorted(population, key=lambda id: place(seed, id))
    return order[: -(-len(order) * share // HUNDRED)]


def find(session: Session, branch_id: int, month: Month) -> SpotDraw | None:
    """The draw of a branch's month; None before it was made."""
    return session.scalars(select(SpotDraw).where(SpotDraw.branch_id == branch_id, SpotDraw.month == month)).first()


def draw(session: Session, branch_id: int, month: Month, *, now: datetime) -> SpotDraw:
    """Draw from a month under review and give each claim to an inspector; a draw that was made stands.

    Raises NotInReview.
    """
    ledger.lock(session, branch_id)
    made = find(session, branch_id, month)
    if made is not None:
        return made
    round_ = rounds.find_anew(session, branch_id, month)
    if round_ is None or round_.state is RoundState.OPEN:
        raise NotInReview(f"{month.number}月还在登记，评审开始时抽查")
    share = settings.get(session, settings.SPOT_SHARE, branch_id)
    heads, population = _heads(session), _approved(session, branch_id, month)
    seed = seed_of(heads)
    if session.scalars(select(SpotHeads.seed).where(SpotHeads.seed == seed)).first() is None:
        insert_once(session, SpotHeads, seed=seed, heads=heads)
    made = SpotDraw(
        branch_id=branch_id,
        month=month,
        share=share,
        seed=seed,
        population=population,
        drawn=draw_from(seed, population, share),
        drawn_at=now,
        remind_at=_remind_at(session, round_, now),
    )
    session.add(made)
    session.flush()
    _give(session, made, now)
    return made


def _remind_at(session: Session, round_: Round, now: datetime) -> datetime | None:
    """In the morning of the day from which so many working days of the review are left; None when that is over."""
    if round_.review_until is None:
        return None
    days = settings.get(session, settings.SPOT_REMIND_DAYS, round_.branch_id)
    moment = at(shanghai_day(workday_before(round_.review_until, days)), rounds.HOUR)
    return moment if moment > now else None


def remind(session: Session, draw_id: int, *, now: datetime) -> bool:
    """Remind each inspector once of what of a draw still waits; False when that is not due, or was done."""
    due = (SpotDraw.id == draw_id, SpotDraw.remind_at <= now)
    reminded = rows_changed(
        session, update(SpotDraw).where(*due).values(remind_at=None).execution_options(synchronize_session=False)
    )
    if not reminded:
        return False
    made = session.get_one(SpotDraw, draw_id, populate_existing=True)
    waiting = select(SpotCheck.inspector_id).join(Claim, Claim.id == SpotCheck.claim_id)
    waiting = waiting.where(SpotCheck.draw_id == draw_id, SpotCheck.finding == Finding.WAITING)
    inspectors_ = session.scalars(waiting.where(Claim.status == ClaimStatus.APPROVED).distinct())
    facts = {"branch": made.branch.name, "month": str(made.month), "branch_id": made.branch_id}
    for inspector in sorted(id for id in inspectors_ if id is not None):
        about = f"draw:{draw_id}:{inspector}"
        notices.post(session, inspector, "spot_checks_due", key=f"{about}:due", now=now, subject=about, facts=facts)
    return True


def _heads(session: Session) -> list[str]:
    books = session.execute(select(Book.branch_id, Book.sequence, Book.head).order_by(Book.branch_id))
    return [f"{branch_id}:{sequence}:{head}" for branch_id, sequence, head in books]


def _approved(session: Session, branch_id: int, month: Month) -> list[int]:
    query = select(Claim.id).where(Claim.branch_id == branch_id, Claim.month == month)
    return list(session.scalars(query.where(Claim.status == ClaimStatus.APPROVED).order_by(Claim.id)))


def _give(session: Session, made: SpotDraw, now: datetime) -> None:
    """Give each drawn claim to an eligible inspector, evenly, and tell each of theirs once."""
    found = inspectors.of_branch(session, made.branch_id, now)
    given: dict[int, int] = {}
    for claim_id in made.drawn:
        claim = session.get_one(Claim, claim_id)
        inspector = inspectors.choose(found, claim, given)
        if inspector is not None:
            given[inspector] = given.get(inspector, 0) + 1
        finding = Finding.WAITING if inspector is not None else Finding.LAPSED
        check = {"draw_id": made.id, "claim_id": claim_id, "inspector_id": inspector, "finding": finding, "reason": ""}
        session.add(SpotCheck(approver_id=claim.decided_by_id, **check))
    session.flush()
    for inspector, count in given.items():
        subject = f"draw:{made.id}:{inspector}"
        facts = {"branch": made.branch.name, "month": str(made.month), "count": count}
        notices.post(session, inspector, "spot_checks_given", key=subject, now=now, subject=subject, facts=facts)


def given_to(session: Session, claim_id: int, member_id: int) -> bool:
    """Whether a claim was given to a member to look at."""
    query = select(SpotCheck.id).where(SpotCheck.claim_id == claim_id, SpotCheck.inspector_id == member_id)
    return session.scalars(query).first() is not None


def explain(made: SpotDraw) -> list[str]:
    """How to repeat a draw by hand, with nothing but a tool that computes SHA-256."""
    many, drawn = len(made.population), len(made.drawn)
    return [
        f"{made.month} 抽查：已通过 {many} 条，抽 {made.share}%（进一）即 {drawn} 条",
        "种子是抽取时各支部台账链头（支部编号:条数:哈希，按支部编号，以分号连接）的 SHA-256：",
        *made.heads,
        f"种子 {made.seed}",
        "每条按 SHA-256(种子:申报编号) 从小到大排，取最前的：",
        *_order(made.seed, made.population, made.drawn),
        f"重算种子：printf '%s' '{';'.join(made.heads)}' | sha256sum",
    ]


def _order(seed: str, population: Sequence[int], drawn: Sequence[int]) -> list[str]:
    order = sorted(population, key=lambda id: place(seed, id))
    return [f"{place(seed, id)} #{id}{' 抽中' if id in drawn else ''}" for id in order]
