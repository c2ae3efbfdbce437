"""Opinions (意见), Y7: appeals, objections, suggestions and reports, through one door (rules 14, 15, 32).

    open ──uphold──▶ upheld       open ──withdraw──▶ withdrawn
     │ ▲ └─refuse, at the last level──▶ dismissed
     │ ├──pass up, one level higher── open           (suggestions and reports)
     │ └──take up, one level higher── refused ──nobody did in 2 working days──▶ dismissed
     └──refuse, at the first level──────▲            (appeals and objections)

Each passage is one guarded UPDATE, each answer a row that is only added. What files one is in ``models/filing.py``,
what answers one in ``models/answering.py``, who may in ``models/answerers.py``, what withdraws one in
``models/withdrawing.py``.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base
from models.columns import MonthOf, RowId, one_of
from models.errors import NotFound, Settled
from models.guarded import rows_changed
from models.lists import among
from models.members import Member
from models.months import Month
from models.organizations import Organization
from models.pictures import Picture
from models.prepared import Prepared
from models.rows import by_ids

LONGEST = 700  # characters that are kept of an opinion: what one message holds


class OpinionKind(StrEnum):
    """What an opinion is by its content, whatever word it came with."""

    APPEAL = "appeal"  # 申诉: about something of one's own
    OBJECTION = "objection"  # 异议: to somebody's result under disclosure
    SUGGESTION = "suggestion"  # 建议
    REPORT = "report"  # 反映: its sender is protected


class OpinionStatus(StrEnum):
    """Where an opinion is on its way."""

    OPEN = "open"  # waits for the answer of its level
    REFUSED = "refused"  # may be taken up one level until it is due
    UPHELD = "upheld"  # 成立, 采纳
    DISMISSED = "dismissed"  # 不成立 for good
    WITHDRAWN = "withdrawn"  # by its sender, before it was answered


class Verdict(StrEnum):
    """What became of an opinion at one level."""

    UPHELD = "upheld"  # 成立
    REFUSED = "refused"  # 不成立
    TAKEN_UP = "taken_up"  # its sender asks the level above
    PASSED_UP = "passed_up"  # 转上级
    HANDED_ON = "handed_on"  # to somebody at the level whom it does not concern
    LAPSED = "lapsed"  # the answer stands, nobody took it up
    WITHDRAWN = "withdrawn"  # by its sender


TWO_LEVELS = (OpinionKind.APPEAL, OpinionKind.OBJECTION)
UNANSWERED = (OpinionStatus.OPEN, OpinionStatus.REFUSED)


class Opinion(Base):
    """One opinion. ``due_at`` is when the present step must be done: the answer, or taking a refusal up.

    ``organization_id`` is the branch, or the top organization for who belongs to none; ``level`` counts the levels
    above it. ``asked_at`` is when the answerers see it: of a report they are not to know the hour. ``rulebook_id`` is
    the draft that a suggestion is about, ``meeting_id`` the meeting at which it was heard.
    """

    __tablename__ = "opinions"
    __table_args__ = (
        Index("ix_opinions_month", "organization_id", "month", "status"),
        Index("ix_opinions_due", "status", "due_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    kind: Mapped[OpinionKind] = mapped_column(one_of(OpinionKind))
    status: Mapped[OpinionStatus] = mapped_column(one_of(OpinionStatus), default=OpinionStatus.OPEN)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    first_level: Mapped[int] = mapped_column(default=0)
    level: Mapped[int] = mapped_column(default=0)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    openid: Mapped[str | None] = mapped_column(String(64), index=True)
    about_member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"), index=True)
    follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("follow_ups.id"), index=True)
    rulebook_id: Mapped[int | None] = mapped_column(ForeignKey("rulebook_versions.id"), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"), index=True)
    month: Mapped[Month | None] = mapped_column(MonthOf)
    text: Mapped[str] = mapped_column(String(LONGEST))
    filed_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminded_on: Mapped[date | None]
    told_above_at: Mapped[datetime | None]
    remedy: Mapped[str] = mapped_column(String(40), default="")

    organization: Mapped[Organization] = relationship()
    member: Mapped[Member | None] = relationship(foreign_keys=[member_id])
    about_member: Mapped[Member | None] = relationship(foreign_keys=[about_member_id])

    @property
    def subject(self) -> str:
        """What its notices are about."""
        return f"opinion:{self.id}"

    @property
    def is_report(self) -> bool:
        """Its sender is protected (rules 32)."""
        return self.kind is OpinionKind.REPORT

    @property
    def step_key(self) -> str:
        """Names the step it is at, for the keys of notices."""
        return f"opinion:{self.id}:{self.level}:{self.status.value}"


class OpinionStep(Base):
    """One answer or passage: who, when, what and why. Rows are only ever added."""

    __tablename__ = "opinion_steps"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    opinion_id: Mapped[int] = mapped_column(ForeignKey("opinions.id"), index=True)
    level: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(one_of(Verdict))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(LONGEST), default="")

    by: Mapped[Member | None] = relationship(foreign_keys=[by_id])


class OpinionPicture(Base):
    """A picture that was sent with an opinion."""

    __tablename__ = "opinion_pictures"

    picture_id: Mapped[int] = mapped_column(ForeignKey("pictures.id"), primary_key=True, autoincrement=False)
    opinion_id: Mapped[int] = mapped_column(ForeignKey("opinions.id"), index=True)


class SenderLook(Base):
    """Who looked at a report's sender, and when (rules 32)."""

    __tablename__ = "sender_looks"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    opinion_id: Mapped[int] = mapped_column(ForeignKey("opinions.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class AlreadyAnswered(Settled):
    """Somebody was faster, or the opinion is no longer where this can be done."""


def unknown(number: int) -> NotFound:
    """The refusal of a number out of the asker's sight, whether it exists or not."""
    return NotFound(f"没有找到 Y{number}，请看一下编号", "我有意见")


def own(session: Session, number: int, by: Member) -> Opinion:
    """An opinion that the asker filed; raises NotFound, the same whether it exists or not."""
    opinion = session.get(Opinion, number)
    if opinion is None or opinion.member_id != by.id:
        raise unknown(number)
    return opinion


def steps_of(session: Session, opinion: Opinion) -> Sequence[OpinionStep]:
    """An opinion's answers, oldest first."""
    query = select(OpinionStep).where(OpinionStep.opinion_id == opinion.id)
    return session.scalars(query.order_by(OpinionStep.id)).all()


def last_answer(session: Session, opinion: Opinion) -> OpinionStep | None:
    """The last answer somebody gave."""
    given = (Verdict.UPHELD, Verdict.REFUSED)
    query = select(OpinionStep).where(OpinionStep.opinion_id == opinion.id, OpinionStep.verdict.in_(given))
    return session.scalars(query.order_by(OpinionStep.id.desc()).limit(1)).first()


def attach(session: Session, opinion: Opinion, found: Sequence[Picture]) -> None:
    """Give an opinion pictures of its sender's that belong to nothing yet (rules 13)."""
    for picture in found:
        picture.recorded = True
        session.add(OpinionPicture(picture_id=picture.id, opinion_id=opinion.id))
    session.flush()


def pictures_of(session: Session, opinion: Opinion) -> Sequence[Picture]:
    """The pictures of an opinion, oldest first."""
    query = select(Picture).join(OpinionPicture, OpinionPicture.picture_id == Picture.id)
    return session.scalars(query.where(OpinionPicture.opinion_id == opinion.id).order_by(Picture.id)).all()


def of_picture(session: Session, picture: Picture) -> Opinion | None:
    """The opinion a picture was sent with."""
    sent_with = session.get(OpinionPicture, picture.id)
    return None if sent_with is None else session.get_one(Opinion, sent_with.opinion_id)


def add_step(
    session: Session, opinion: Opinion, verdict: Verdict, *, by: Member | None, now: datetime, reason: str = ""
) -> None:
    """Note what became of an opinion at its level."""
    values = {"opinion_id": opinion.id, "level": opinion.level, "verdict": verdict, "at": now}
    session.execute(insert(OpinionStep).values(**values, by_id=by.id if by else None, reason=reason[:LONGEST]))


_UNANSWERED = Prepared(
    select(Opinion.id)
    .where(Opinion.organization_id == bindparam("branch_id"), Opinion.month == bindparam("month", type_=MonthOf))
    .where(among(Opinion.kind, TWO_LEVELS), among(Opinion.status, UNANSWERED))
    .order_by(Opinion.id)
)


def unanswered(session: Session, branch_id: int, month: Month) -> Sequence[Opinion]:
    """What keeps a month from becoming final: appeals and objections without a last answer (rules 14)."""
    return by_ids(session, Opinion, _UNANSWERED.column(session, branch_id=branch_id, month=month))


def upheld_about_claim(session: Session, claim_id: int) -> Opinion | None:
    """The upheld opinion that changed what a claim gave: its decision is no longer its decider's to undo."""
    named = Opinion.claim_id == claim_id
    query = select(Opinion).where(named | (Opinion.remedy == f"#{claim_id}"), Opinion.status == OpinionStatus.UPHELD)
    return session.scalars(query.order_by(Opinion.id).limit(1)).first()


def change(session: Session, opinion: Opinion, was: OpinionStatus, **values: Any) -> None:
    """One guarded UPDATE; the row count decides. It must be at the level where it was read, too."""
    as_read = (Opinion.status == was, Opinion.level == opinion.level)
    changed = rows_changed(
        session,
        update(Opinion)
        .where(Opinion.id == opinion.id, *as_read)
        .values(**values)
        .execution_options(synchronize_session=False),
    )
    session.refresh(opinion)
    if not changed:
        raise standing(session, opinion)


def standing(session: Session, opinion: Opinion) -> AlreadyAnswered:
    """The refusal that says whose answer stands."""
    last = last_answer(session, opinion)
    who = f"（{last.by.name}）" if last is not None and last.by is not None else ""
    return AlreadyAnswered(f"Y{opinion.id} 已经答复{who}，以此为准", "待办")


def erase(session: Session, openid: str) -> None:
    """Erase an openid; what was said stays (rules 32)."""
    session.execute(update(Opinion).where(Opinion.openid == openid).values(openid=None))
