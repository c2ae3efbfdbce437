"""Who writes: all that a message needs to know, in one statement."""

import sqlite3
from datetime import date

import pytest
from sqlalchemy.orm import Session

from models import appointments, deliveries, dialogs, notices, receipts, senders
from models.appointments import Office
from models.members import Member
from models.organizations import OrganizationKind
from models.senders import Sender
from tests.cast import NOW, Cast

LISTED = {"choices": ["通过 12"], "all": [12]}


def test_a_stranger_is_nobody(session: Session, cast: Cast):
    found = senders.look(session, "o-stranger", "m:1", NOW)
    assert found == Sender("o-stranger", None, "", False, None, None, 0)


def test_a_bound_member_is_known_with_branch_and_offices(session: Session, cast: Cast):
    session.expunge_all()
    found = senders.look(session, Cast.openid(cast.wang_jianjun), "m:1", NOW)
    assert (found.branch, appointments.seats_of(session, cast.wang_jianjun.id, NOW)) == (
        "第一支部",
        [(Office.SECRETARY, OrganizationKind.BRANCH)],
    )
    assert found.who is not None
    member = found.who.member(session)
    assert (member.id, member.name, member.group_id) == (cast.wang_jianjun.id, "王建军", None)


def test_the_member_is_the_sessions_own(session: Session, cast: Cast):
    """Whether the session has met the member before or not, there is one object, and a change to it is written."""
    for forget in (lambda: None, session.expunge_all):
        forget()
        found = senders.look(session, Cast.openid(cast.zhang_san), "m:1", NOW)
        assert found.who is not None
        member = found.who.member(session)
        assert member is session.get(Member, member.id)
        assert member not in session.dirty
        member.name = f"{member.name}同志"
        session.flush()
        session.expire_all()
        assert member.name.endswith("同志")


def test_a_member_who_left_is_a_stranger(session: Session, cast: Cast):
    cast.zhang_san.left_on = date(2026, 11, 1)
    session.flush()
    assert senders.look(session, Cast.openid(cast.zhang_san), "m:1", NOW).who is None


def test_an_open_question_and_the_last_list_are_known(session: Session):
    dialog = dialogs.of(session, "o-1")
    dialog.question, dialog.question_at, dialog.listed, dialog.listed_at = {"command": "申报"}, NOW, LISTED, NOW
    dialog.rest = "还有"
    session.flush()
    found = senders.look(session, "o-1", "m:1", NOW).dialog
    assert found is not None
    assert (found.open_question(NOW), found.open_list(NOW), found.rest) == ({"command": "申报"}, LISTED, "还有")


def test_a_repeat_finds_its_answer(session: Session):
    receipts.take(session, "m:1", openid="o-1", now=NOW)
    receipts.store(session, "m:1", {"text": "✅"})
    assert senders.look(session, "o-1", "m:1", NOW).answered == {"text": "✅"}
    assert senders.look(session, "o-1", "m:2", NOW).answered is None


def test_unread_notices_are_counted(session: Session, cast: Cast):
    for number in range(3):
        notices.post(session, cast.zhang_san.id, "relay", key=str(number), now=NOW)
    notices.post(session, cast.wang_fang.id, "relay", key="hers", now=NOW)
    for id in deliveries.take(session, lease="w1", now=NOW)[1:]:
        deliveries.to_inbox(session, id)
    found = {m.name: senders.look(session, Cast.openid(m), "m:1", NOW).unread for m in (cast.zhang_san, cast.wang_fang)}
    assert sum(found.values()) == 3
    assert found["王芳"] == 1


@pytest.mark.sqlite_only  # whose driver tells what it is given
def test_it_takes_one_statement(session: Session, cast: Cast):
    seen: list[str] = []
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.set_trace_callback(seen.append)
    senders.look(session, Cast.openid(cast.zhang_san), "m:1", NOW)
    driver.set_trace_callback(None)
    assert len(seen) == 1


@pytest.mark.parametrize("name", ["zhang_san", None])
def test_the_recipient_of_a_notice(session: Session, cast: Cast, name: str | None):
    member = getattr(cast, name) if name else None
    found = senders.of_member(session, member.id if member else None, "o-1")
    assert found.openid == "o-1"
    assert (found.who.member(session) if found.who else None) is member
    assert found.branch == ("第一支部" if member else "")
