"""A desk at which a branch records and claims are drawn: the narrow rulebook with items of the branch's own."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import ledger, records, rounds, rulebooks, zeroings
from models.appointments import Appointment, Office
from models.ledger import Entry
from models.members import Member
from models.months import Month
from models.organizations import Organization
from models.pictures import Picture
from models.records import Record
from models.rounds import Round, RoundState
from models.rulebooks import Evidence, Item, Source
from models.zeroings import Decision
from tests.cast import NOW, Cast
from tests.models.desk import NARROW, NOVEMBER, YESTERDAY, D, Desk, narrow

OURS = (Source.BRANCH,)
PAPER = Decision("机纪〔2026〕3号", date(2026, 11, 18), "受党内警告处分")


def _item(code: str, points: str, unit: str = "次", **more: object) -> Item:
    return Item(code, f"事项{code}", code.partition("-")[0], D(points), unit, **{"sources": OURS, **more})  # type: ignore[arg-type]


OWN = replace(
    NARROW,
    items=(
        *NARROW.items,
        _item("服务-21", "2", max_quantity=D(3)),
        _item("服务-22", "3", cap_month=D(3), sources=(Source.CLAIM, Source.BRANCH)),
        _item("服务-23", "0.25", max_quantity=D("0.9")),
        _item("学习-21", "5", evidence=Evidence.REQUIRED),
        _item("学习-22", "1", roles=("leading_cadre",), sources=(Source.CLAIM, Source.BRANCH)),
        _item("纪律-21", "-2", max_quantity=D(3), cap_month=D(3)),
        _item("纪律-22", "-3", roles=("secretary",)),
        _item("纪律-23", "-1", sources=(Source.REPORT,)),
        _item("纪律-24", "-5", sources=(Source.SPOT_CHECK, Source.BRANCH)),
        _item("纪律-25", "-9", sources=(Source.ZEROING,), effect="zero"),
    ),
)


def own(session: Session, cast: Cast) -> "BranchDesk":
    """Both branches under the rulebook with items of a branch's own."""
    narrow(session, cast.second_branch, OWN)
    return BranchDesk(session, cast, narrow(session, cast.first_branch, OWN))


def again(session: Session, cast: Cast) -> "BranchDesk":
    """The same in another session."""
    found = cast.of(session)
    return BranchDesk(session, found, rulebooks.in_force(session, found.first_branch.id, NOVEMBER))


class BranchDesk(Desk):
    """As ``Desk``, with the branch's committee at work; 王建军 records and 周国平 zeroes, unless others are named."""

    def record(
        self,
        code: str = "纪律-21",
        quantity: str = "1",
        *,
        of: Member | None = None,
        by: Member | None = None,
        day: date = YESTERDAY,
        reason: str = "会上玩手机",
        now: datetime = NOW,
        pictures: tuple[int, ...] = (),
        source: Source | None = None,
        answering: bool = False,
    ) -> Record:
        return records.record(
            self.session,
            of or self.cast.zhang_san,
            self.item(code),
            D(quantity),
            day=day,
            reason=reason,
            source=source or records.source_for(self.item(code)),
            by=by or self.cast.wang_jianjun,
            now=now,
            pictures=pictures,
            answering=answering,
        )

    def zero(
        self,
        month: Month = NOVEMBER,
        paper: Decision = PAPER,
        *,
        of: Member | None = None,
        by: Member | None = None,
        now: datetime = NOW,
    ) -> Record:
        return zeroings.zero(
            self.session, of or self.cast.zhang_san, month, paper, by=by or self.cast.zhou_guoping, now=now
        )

    def entry(self, made: Record) -> Entry:
        return records.entry_of(self.session, made)

    def credited(self, code: str, quantity: str = "1") -> Decimal:
        return self.record(code, quantity).credited

    def picture(self, by: Member | None = None, now: datetime = NOW) -> Picture:
        who = by or self.cast.wang_jianjun
        picture = Picture(member_id=who.id, media_id="m", received_at=now, next_try=now)
        self.session.add(picture)
        self.session.flush()
        return picture

    def round(self, state: RoundState, month: Month = NOVEMBER, branch: Organization | None = None) -> Round:
        """A month's round in a state."""
        branch = branch or self.cast.first_branch
        rounds.begin(self.session, branch.id, month)
        found = (Round.branch_id == branch.id) & (Round.month == month)
        self.session.execute(update(Round).where(found).values(state=state))
        made = rounds.find_anew(self.session, branch.id, month)
        assert made is not None
        return made

    def office(self, member: Member, office: Office, of: Organization) -> None:
        self.session.add(
            Appointment(member_id=member.id, organization_id=of.id, office=office, starts_on=date(2026, 1, 1))
        )
        self.session.flush()

    def reverse(self, entry: Entry) -> None:
        """Take an entry back as an upheld appeal does."""
        ledger.lock(self.session, entry.branch_id)
        ledger.reverse(self.session, entry, by=self.cast.zhou_guoping, now=NOW, reason="申诉成立")
