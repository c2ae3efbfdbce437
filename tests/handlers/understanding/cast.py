"""The fixed situation of the utterances (README.md), on the people of tests/cast.py, and who speaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.dispatch import FAMILIES, Families
from models import appointments, senders
from models.appointments import Role
from models.base import Base
from models.members import Member
from models.months import Month
from models.opinions import Opinion, OpinionKind
from tests.cast import NOW, PEOPLE, build

SPEAKERS = {"member": "张三", "leader": "李四", "secretary": "王建军", "committee": "周国平", "inspector": "孙磊"}


@contextmanager
def stage() -> Iterator[Session]:
    """A session on a fresh in-memory database with the cast in it."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        build(session)
        session.flush()
        _file_y7(session)
        yield session
    engine.dispose()


def _file_y7(session: Session) -> None:
    """王芳's appeal Y7, which waits for the secretary."""
    wang_fang = session.scalars(select(Member).where(Member.name == "王芳")).one()
    session.add(
        Opinion(
            id=7,
            kind=OpinionKind.APPEAL,
            organization_id=wang_fang.branch_id,
            member_id=wang_fang.id,
            about_member_id=wang_fang.id,
            month=Month.of(NOW),
            text="那天我到会了",
            filed_at=NOW,
            asked_at=NOW,
            due_at=NOW + timedelta(days=3),
        )
    )
    session.flush()


def speaker(session: Session, role: str, families: Families = FAMILIES, now: datetime = NOW) -> Context:
    """The context of a message of one of ``SPEAKERS``; any other role is a stranger's."""
    name = SPEAKERS.get(role)
    openid = next((person.openid for person in PEOPLE.values() if person.name == name), "o-stranger")
    sender = senders.look(session, openid, "", now)
    me = sender.who
    roles = appointments.roles_of(appointments.seats_of(session, me.id, now)) if me else frozenset({Role.VISITOR})
    roles = roles | {Role.INSPECTOR} if role == "inspector" else roles
    return Context(session, openid, me, sender.branch, roles, now, families)
