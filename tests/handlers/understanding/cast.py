"""The fixed situation of the utterances (README.md), on the people of tests/cast.py, and who speaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from handlers.context import Context
from handlers.dispatch import FAMILIES, Families
from models import appointments, senders
from models.appointments import Role
from models.base import Base
from tests.cast import NOW, PEOPLE, build

SPEAKERS = {"member": "张三", "leader": "李四", "secretary": "王建军"}


@contextmanager
def stage() -> Iterator[Session]:
    """A session on a fresh in-memory database with the cast in it."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        build(session)
        session.flush()
        yield session
    engine.dispose()


def speaker(session: Session, role: str, families: Families = FAMILIES, now: datetime = NOW) -> Context:
    """The context of a message of the member, the leader or the secretary; any other role is a stranger's."""
    name = SPEAKERS.get(role)
    openid = next((person.openid for person in PEOPLE.values() if person.name == name), "o-stranger")
    sender = senders.look(session, openid, "", now)
    me = sender.who
    roles = appointments.roles_of(appointments.seats_of(session, me.id, now)) if me else frozenset({Role.VISITOR})
    return Context(session, openid, me, sender.branch, roles, now, families)
