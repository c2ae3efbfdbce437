"""Prepared statements: the same answers as SQLAlchemy's own, the same errors, the same transaction."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import Integer, bindparam, delete, literal_column, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from models import receipts
from models.claims import Claim, ClaimStatus
from models.compiled import execute
from models.lists import among, listed
from models.members import Member
from models.prepared import Prepared, connection_of, insertion, together
from models.receipts import Receipt
from models.rows import by_ids
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import Desk

_KEPT = Prepared(select(Receipt.key).where(Receipt.key == bindparam("key")))


def test_values_and_columns_are_as_the_mapping_says(desk: Desk):
    claim = desk.claim("服务-01", "1.5")
    statement = select(Claim.quantity, Claim.month, Claim.status, Claim.day, Claim.submitted_at, Claim.decided_at)
    statement = statement.where(Claim.id == bindparam("id"), Claim.status == ClaimStatus.SUBMITTED)
    expected = tuple(desk.session.execute(statement, {"id": claim.id}).one())
    assert Prepared(statement).rows(desk.session, id=claim.id) == [expected]
    assert Prepared(statement).first(desk.session, id=claim.id + 1) is None


def test_what_is_not_given_has_its_default(session: Session, cast: Cast):
    keys = ("staff_no", "name", "branch_id")
    adding = insertion(Member, keys, session.get_bind().dialect.name)
    id = adding.new(session, staff_no="9", name="丁一", branch_id=cast.first_branch.id)
    found = session.get_one(Member, id)
    assert (found.category.value, found.party_standing.value, found.leading_cadre) == ("full", "normal", False)


def test_a_list_of_values_is_refused_unless_it_is_written_out(session: Session, cast: Cast):
    with pytest.raises(TypeError, match="cannot be prepared"):
        Prepared(select(Member.id).where(Member.id.in_([1, 2]))).rows(session)
    both = [cast.zhang_san.id, cast.li_si.id]
    listed = Prepared(select(Member.id).where(among(Member.id, both)).order_by(Member.id))
    assert listed.column(session) == sorted(both)


def test_a_list_of_any_length_is_one_value(session: Session, cast: Cast):
    ids = [cast.zhang_san.id, cast.li_si.id]
    found = Prepared(select(Member.id).where(listed(Member.id, "ids")).order_by(Member.id))
    for some in (ids, ids[:1], []):
        assert found.column(session, ids=some) == sorted(some)
        assert list(session.scalars(select(Member.id).where(listed(Member.id, "ids")), {"ids": some})) == sorted(some)


def test_a_column_has_what_was_not_written_yet_and_rows_in_the_order_of_their_ids(session: Session, cast: Cast):
    session.add(Receipt(key="pending", at=NOW))
    assert Prepared(select(Receipt.key)).column(session) == ["pending"]
    ids = [cast.zhang_san.id, cast.li_si.id]
    for wanted in (ids, ids[::-1], []):
        assert [member.id for member in by_ids(session, Member, wanted)] == wanted


def test_errors_are_those_of_sqlalchemy(session: Session):
    adding = insertion(Receipt, ("key", "at"), session.get_bind().dialect.name)
    adding.first(session, key="k", at=NOW)
    with pytest.raises(IntegrityError), session.begin_nested():
        adding.first(session, key="k", at=NOW)
    with pytest.raises((OperationalError, ProgrammingError)), session.begin_nested():
        execute(session.connection(), "SELECT nothing FROM nowhere")


def test_an_error_tells_nothing_of_the_values(session: Session):
    adding = insertion(Receipt, ("key", "at", "openid"), session.get_bind().dialect.name)
    adding.first(session, key="k", at=NOW, openid="o-secret")
    with pytest.raises(IntegrityError) as raised, session.begin_nested():
        adding.first(session, key="k", at=NOW, openid="o-secret")
    assert "o-secret" not in str(raised.value)


def test_a_savepoint_takes_back_what_was_prepared(sessions: Sessions):
    with sessions.write() as session:
        savepoint = session.begin_nested()
        assert receipts.take(session, "gone", openid="o", now=NOW)
        savepoint.rollback()
        assert receipts.take(session, "kept", openid="o", now=NOW)
    with sessions.read() as session:
        assert receipts.find(session, "gone") is None
        assert session.scalars(select(Receipt.key)).all() == ["kept"]


def test_how_many_rows_changed(session: Session):
    receipts.take(session, "k", openid="o", now=NOW)
    receipts.store(session, "k", {"text": "好"})
    assert receipts.find(session, "k") == {"text": "好"}
    assert receipts.forget_old(session, NOW + timedelta(days=30)) == 1


def test_one_connection_serves_message_after_message_also_after_one_that_was_taken_back(sessions: Sessions):
    used = []

    def taken(key: str) -> None:
        with sessions.write() as session:
            used.append(connection_of(session).connection.driver_connection)
            assert receipts.take(session, key, openid="o", now=NOW)
            if key == "gone":
                raise LookupError

    taken("before")
    with pytest.raises(LookupError):
        taken("gone")
    with sessions.glance() as session:
        used.append(connection_of(session).connection.driver_connection)
        assert receipts.find(session, "gone") is None
    taken("after")
    assert used == [used[0]] * 4


def test_what_is_asked_together_is_answered_as_one_by_one(sessions: Sessions, cast: Cast):
    named = Prepared(select(Member.name).where(Member.id == bindparam("id")))
    divided = Prepared(select(bindparam("whole", type_=Integer) // bindparam("by", type_=Integer)))
    with sessions.glance() as session:
        with suppress(DataError):  # of which SQLite hears when it is asked
            together(session, (divided, {"whole": 1, "by": 0}), (named, {"id": cast.li_si.id}))
        together(session, (named, {"id": cast.zhang_san.id}), (divided, {"whole": 7, "by": 2}))
        assert divided.rows(session, whole=7, by=2) == [(3,)]
        assert named.rows(session, id=cast.li_si.id) == [(cast.li_si.name,)]  # about whom nobody has asked before
        assert named.rows(session, id=cast.zhang_san.id) == [(cast.zhang_san.name,)]


def test_what_was_asked_together_is_found_once_and_not_after_a_change(sessions: Sessions):
    for opened in (sessions.read, sessions.write):
        with opened() as session:
            together(session, (_KEPT, {"key": "k"}))
            if opened == sessions.write:
                receipts.take(session, "k", openid="o", now=NOW)
                assert _KEPT.rows(session, key="k") == [("k",)]
            else:
                assert _KEPT.rows(session, key="k") == _KEPT.rows(session, key="k") == []


def test_who_writes_asks_together_where_nothing_is_changed_between(sessions: Sessions, cast: Cast):
    named = Prepared(select(Member.name).where(Member.id == bindparam("id")))
    with sessions.write() as session:
        receipts.take(session, "k", openid="o", now=NOW)
        together(session, (named, {"id": cast.li_si.id}))
        together(session, (_KEPT, {"key": "k"}))
        assert (named.rows(session, id=cast.li_si.id), _KEPT.rows(session, key="k")) == ([(cast.li_si.name,)], [("k",)])
        session.get_one(Member, cast.li_si.id).name = "李四四"  # what is not written yet is written before
        together(session, (named, {"id": cast.li_si.id}))
        assert named.column(session, id=cast.li_si.id) == ["李四四"]


def test_what_is_asked_along_with_a_new_row_finds_it(sessions: Sessions):
    for key, taken in (("k", True), ("k", False)):  # the second time it is there
        with sessions.write() as session:
            assert receipts.take(session, key, (_KEPT, {"key": "k"}), openid="o", now=NOW) is taken
            assert _KEPT.rows(session, key="k") == [("k",)]
    with sessions.write() as session:  # a change in between is seen
        receipts.take(session, "l", (_KEPT, {"key": "m"}), openid="o", now=NOW)
        receipts.take(session, "m", openid="o", now=NOW)
        assert _KEPT.rows(session, key="m") == [("m",)]


def test_what_the_database_is_told_is_done_in_its_turn(sessions: Sessions):
    forgotten = Prepared(delete(Receipt).where(Receipt.key == bindparam("of")))
    with sessions.write() as session:
        for key in "ab":
            receipts.take(session, key, openid="o", now=NOW)
        receipts.store(session, "a", {"text": "1"})
        assert receipts.find(session, "a") == {"text": "1"}
        receipts.store(session, "a", {"text": "2"})
        forgotten.tell(session, of="b")
        assert _KEPT.rows(session, key="b") == []
        receipts.store(session, "a", {"text": "3"})
        receipts.forget_old(session, NOW)
    with sessions.write() as session:
        assert receipts.find(session, "a") == {"text": "3"}
        receipts.store(session, "a", {"text": "4"})
    with sessions.read() as session:
        assert receipts.find(session, "a") == {"text": "4"}


@pytest.mark.parametrize("asks_after", [True, False])
def test_an_error_in_what_was_told_undoes_all(sessions: Sessions, asks_after: bool):
    adding = insertion(Receipt, ("key", "at"), sessions.engine.dialect.name, returns=False)

    def add_twice() -> None:
        with sessions.write() as session:
            adding.tell(session, key="k", at=NOW)
            adding.tell(session, key="k", at=NOW)
            if asks_after:
                _KEPT.rows(session, key="k")

    with pytest.raises(IntegrityError):
        add_twice()
    with sessions.write() as session:
        assert _KEPT.rows(session, key="k") == []


def test_what_was_told_is_forgotten_with_its_transaction(sessions: Sessions):
    adding = insertion(Receipt, ("key", "at"), sessions.engine.dialect.name, returns=False)
    with suppress(ZeroDivisionError), sessions.write() as session:
        adding.tell(session, key="k", at=NOW)
        raise ZeroDivisionError
    with sessions.write() as session:
        assert _KEPT.rows(session, key="k") == []


def test_a_transaction_that_begins_with_an_error_has_begun(sessions: Sessions):
    nonsense = Prepared(select(literal_column("nothing")).select_from(Member))
    with suppress(DBAPIError, ZeroDivisionError), sessions.write() as session:
        with suppress(DBAPIError):
            nonsense.rows(session)
        receipts.take(session, "k", openid="o", now=NOW)
        raise ZeroDivisionError
    with sessions.read() as session:
        assert _KEPT.rows(session, key="k") == []
