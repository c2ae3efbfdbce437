"""A rulebook with narrow caps, and a desk at which the cast claims and decides in one line."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from threading import Barrier
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import claiming, claims, deciding, ledger, rounds, rulebooks
from models.claims import Claim, ClaimStatus
from models.ledger import Entry
from models.members import Member
from models.months import Month, Period
from models.notices import Notice
from models.organizations import Organization
from models.rulebooks import Category, Evidence, Item, Rulebook, Source
from tests.cast import NOW, Cast

T = TypeVar("T")

TODAY = date(2026, 11, 20)
YESTERDAY = date(2026, 11, 19)
NOVEMBER = Month(2026, 11)
D = Decimal


def _item(code: str, points: str, unit: str, **more: object) -> Item:
    return Item(code, f"事项{code}", code.partition("-")[0], D(points), unit, **more)  # type: ignore[arg-type]


NARROW = Rulebook(
    name="上限很窄的细则",
    effective_from=Month(2026, 1),
    base=D(70),
    pass_mark=D(60),
    floor=D(64),
    ceiling=D(76),
    stars=(D(60), D(70), D(75)),
    categories=(Category("服务", "服务", D(6)), Category("学习", "学习"), Category("纪律", "纪律")),
    items=(
        _item("服务-01", "1", "小时", max_quantity=D(8), cap_month=D(4), evidence=Evidence.OPTIONAL),
        _item("服务-02", "2", "户", max_quantity=D(5)),
        _item("服务-03", "0.25", "次", max_quantity=D(8)),
        _item("服务-09", "-1", "次", max_quantity=D(8)),
        _item("学习-01", "2", "次", max_quantity=D(3), cap_month=D(4), cap_year=D(7)),
        _item("学习-02", "1", "篇", evidence=Evidence.REQUIRED),
        _item("学习-03", "1", "次", sources=(Source.ATTENDANCE,)),
        _item("学习-04", "1", "次", sources=(Source.EXAM,)),
        _item("学习-05", "1", "次", roles=("secretary", "leading_cadre")),
        _item("纪律-01", "-2", "次", max_quantity=D(3), cap_month=D(3)),
        _item("纪律-02", "-0.25", "次", max_quantity=D(3)),
    ),
)


def narrow(session: Session, organization: Organization, rulebook: Rulebook = NARROW) -> Rulebook:
    """Make the narrow rulebook an organization's own."""
    return rulebooks.add_version(session, organization, rulebook, now=NOW)


@dataclass(frozen=True)
class Desk:
    """The cast in a session, with the narrow rulebook in force in the first branch."""

    session: Session
    cast: Cast
    rulebook: Rulebook

    def item(self, code: str) -> Item:
        return self.rulebook.get_item(code)

    def claim(
        self,
        code: str = "服务-01",
        quantity: str | Decimal = "1",
        *,
        of: Member | None = None,
        by: Member | None = None,
        day: date = YESTERDAY,
        now: datetime = NOW,
        note: str = "",
    ) -> Claim:
        """Submit a claim; 张三's, unless somebody else is named."""
        member = of or self.cast.zhang_san
        made, _ = claiming.submit(
            self.session, member, self.item(code), D(quantity), day=day, note=note, by=by or member, now=now
        )
        return claims.get(self.session, made.id)

    def approve(
        self,
        claim: Claim,
        *,
        by: Member | None = None,
        now: datetime = NOW,
        figure: str | None = None,
        reason: str = "",
    ) -> Claim:
        """Approve a claim; 李四 does, unless somebody else is named."""
        to = None if figure is None else D(figure)
        return deciding.approve(
            self.session,
            claim.id,
            by=by or self.cast.li_si,
            now=now,
            figure=to,
            reason=reason or ("少些" if to else ""),
        )

    def reject(self, claim: Claim, *, by: Member | None = None, now: datetime = NOW) -> Claim:
        return deciding.reject(self.session, claim.id, "日期不对", by=by or self.cast.li_si, now=now)

    def send_back(self, claim: Claim, *, by: Member | None = None, now: datetime = NOW) -> Claim:
        return deciding.send_back(self.session, claim.id, "走访的哪一户", by=by or self.cast.li_si, now=now)

    def undo(self, claim: Claim, *, by: Member | None = None, now: datetime = NOW) -> Claim:
        return deciding.undo(self.session, claim.id, by=by or self.cast.li_si, now=now)

    def withdraw(self, claim: Claim, *, by: Member | None = None, now: datetime = NOW) -> Claim:
        return claiming.withdraw(self.session, claim.id, by=by or claim.member, now=now)

    def supplement(self, claim: Claim, *, by: Member | None = None, now: datetime = NOW) -> Claim:
        return claiming.supplement(self.session, claim.id, "是三单元的陈婆婆", by=by or claim.member, now=now)

    def credit(self, code: str = "服务-01", quantity: str = "1", **claimed: object) -> Decimal:
        """Claim and have it approved at once; what was credited."""
        credited = self.approve(self.claim(code, quantity, **claimed)).credited  # type: ignore[arg-type]
        assert credited is not None
        return credited

    def entries(self, member: Member | None = None) -> list[Entry]:
        """What the ledger has of a member this year, oldest first."""
        found = ledger.entries_of(self.session, (member or self.cast.zhang_san).id, Period.year(NOVEMBER))
        return list(found)

    def notices(self, kind: str | None = None) -> list[Notice]:
        """Every notice, or those of a kind, in the order they were posted."""
        query = select(Notice).order_by(Notice.id)
        found = self.session.scalars(query if kind is None else query.where(Notice.kind == kind))
        return list(found.all())

    def told(self, kind: str) -> list[str]:
        """Who has been told something of a kind."""
        return [self.session.get_one(Member, n.member_id).name for n in self.notices(kind)]

    def in_state(self, status: ClaimStatus, *, now: datetime = NOW) -> Claim:
        """张三's claim in a state, reached by the verbs that lead there."""
        claim = self.claim(now=now)
        leads_there: dict[ClaimStatus, Callable[[], object]] = {
            ClaimStatus.SUBMITTED: lambda: None,
            ClaimStatus.RETURNED: lambda: self.send_back(claim, now=now),
            ClaimStatus.APPROVED: lambda: self.approve(claim, now=now),
            ClaimStatus.REJECTED: lambda: self.reject(claim, now=now),
            ClaimStatus.WITHDRAWN: lambda: self.withdraw(claim, now=now),
            ClaimStatus.LAPSED: lambda: claiming.lapse(
                self.session,
                self.send_back(claim, now=now),
                now=rounds.review_until(self.session, claim.branch_id, claim.month),
            ),
        }
        leads_there[status]()
        assert claim.status is status
        return claim


def together(*acts: Callable[[], T]) -> list[T | BaseException]:
    """Run acts in a thread each, released at one moment; what each returned or raised."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        gate.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(run, act) for act in acts]
    return [future.exception() or future.result() for future in futures]
