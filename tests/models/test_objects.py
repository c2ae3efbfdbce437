"""Objects by prepared statements: those that the session's own way would give, and no others beside them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, bindparam, event, select, update
from sqlalchemy.orm import object_session

from models.appointments import Appointment
from models.guarded import change
from models.members import Member
from models.objects import Objects, kept, of_key
from models.organizations import Organization
from models.prepared import Prepared
from models.rows import by_ids
from models.sessions import Sessions
from tests.cast import Cast

BRANCH = Objects(select(Member).where(Member.branch_id == bindparam("branch_id")).order_by(Member.id))
SEATS = Objects(
    select(Appointment, Member, Organization)
    .select_from(Appointment)
    .join(Member, Member.id == Appointment.member_id)
    .join(Organization, Organization.id == Appointment.organization_id)
    .order_by(Appointment.id),
    "member",
    "organization",
)
RENAME = Prepared(update(Member).where(Member.id == bindparam("of")).values(name=bindparam("called")))


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What SQLAlchemy sends in its own way, which prepared statements go around."""
    seen: list[str] = []

    def note(*sent: object) -> None:
        seen.append(str(sent[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def columns_of(row: Member | Appointment | Organization) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def test_they_are_what_the_session_would_load(sessions: Sessions, cast: Cast):
    with sessions.read() as session, sessions.read() as other:
        found = BRANCH.all(session, branch_id=cast.first_branch.id)
        loaded = other.scalars(select(Member).where(Member.branch_id == cast.first_branch.id).order_by(Member.id)).all()
        assert [columns_of(one) for one in found] == [columns_of(one) for one in loaded]
        assert {object_session(one) for one in found} == {session}
        assert not session.dirty
        assert BRANCH.first(session, branch_id=0) is None
        assert BRANCH.first(session, branch_id=cast.first_branch.id) is found[0]


def test_what_the_session_holds_is_handed_out_as_it_stands_there(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        mine = session.get_one(Member, cast.zhang_san.id)
        mine.name = "张叁"
        assert [one for one in BRANCH.all(session, branch_id=mine.branch_id) if one.id == mine.id] == [mine]
        assert kept(session, Member, [getattr(mine, c.key) for c in Member.__table__.columns]) is mine
    with sessions.read() as session:  # it was written before it was asked for, and once
        assert session.get_one(Member, cast.zhang_san.id).name == "张叁"


def test_what_is_selected_beside_them_is_theirs(sessions: Sessions, cast: Cast):
    with sessions.read() as session, statements(sessions.engine) as seen:
        for seat in SEATS.all(session):
            assert (seat.member.id, seat.organization.id) == (seat.member_id, seat.organization_id)
            assert seat.organization.kind.value
        assert seen == []


def test_a_key_and_what_an_object_refers_to_are_asked_for_with_prepared_statements(sessions: Sessions, cast: Cast):
    with sessions.read() as session, statements(sessions.engine) as seen:
        member = session.get_one(Member, cast.zhang_san.id)
        assert member.branch.id == member.branch_id
        assert member.branch is session.get(Organization, member.branch_id)
        assert seen == []
        assert session.get(Member, 0) is None


def test_a_table_that_is_read_together_with_others_is_asked_for_in_the_session_s_own_way(
    sessions: Sessions, cast: Cast
):
    assert of_key(Appointment.__mapper__) is None
    with sessions.read() as session:
        (first, *_) = session.scalars(select(Appointment.id)).all()
        seat = session.get_one(Appointment, first)
        with statements(sessions.engine) as seen:
            assert seat.member.id == seat.member_id
        assert seen == []
        assert [one.id for one in by_ids(session, Appointment, [first])] == [first]


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_what_is_changed_beside_an_object_shows_in_it(sessions: Sessions, cast: Cast, held: bool, named: bool):
    number = cast.zhang_san.id
    with sessions.write() as session:
        mine = session.get_one(Member, cast.zhang_san.id) if held else None
        branch = session.get_one(Organization, cast.first_branch.id) if held else None
        assert change(session, Member, RENAME, only=number if named else None, of=number, called="张叁") == 1
        assert change(session, Member, RENAME, of=0, called="无") == 0
        assert mine is None or mine.name == "张叁"
        assert branch is None or "name" in branch.__dict__  # of another table: left as it was
    with sessions.read() as session:
        assert session.get_one(Member, cast.zhang_san.id).name == "张叁"
