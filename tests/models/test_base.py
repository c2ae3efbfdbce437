"""Column types: aware moments, exact points, months that read as they are; and inserting once."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.base import Base
from models.claims import ClaimStatus
from models.columns import Moment, MonthOf, Points, rounded
from models.months import SHANGHAI, Month
from models.receipts import Receipt
from models.rows import insert_once
from models.zero_claims import ZeroClaim
from tests.cast import NOW, Cast
from tests.models.desk import Desk


@pytest.mark.parametrize(
    ("value", "result"),
    [("0.005", "0.01"), ("0.0049", "0.00"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("1", "1.00"), ("83.335", "83.34")],
)
def test_a_half_is_rounded_up_to_a_hundredth(value: str, result: str):
    assert str(rounded(Decimal(value))) == result


def test_there_is_no_negative_zero():
    # It would be written down as 0 and hashed as -0.00, and the chain would not hold.
    assert str(rounded(Decimal("-0.004"))) == "0.00"


def test_a_naive_moment_is_refused(session: Session):
    naive = datetime(2026, 11, 20, 10)  # noqa: DTZ001
    with pytest.raises(ValueError, match="needs a time zone"):
        insert_once(session, Receipt, key="k", openid="o", at=naive)


def test_a_moment_comes_back_in_utc_whatever_zone_it_was_given_in(session: Session):
    given = datetime(2026, 11, 20, 10, 0, 0, 123456, tzinfo=SHANGHAI)
    session.add(Receipt(key="k", openid=None, at=given))
    session.flush()
    session.expire_all()
    found = session.get_one(Receipt, "k").at
    assert found == given
    assert found.tzinfo is UTC


def test_moments_compare_in_the_order_of_time_across_zones(session: Session):
    far_east = timezone(timedelta(hours=14))
    moments = [datetime(2026, 11, 20, 10, tzinfo=zone) for zone in (far_east, SHANGHAI, UTC)]
    for number, moment in enumerate(moments):
        session.add(Receipt(key=str(number), openid=None, at=moment))
    session.flush()
    later = select(Receipt.key).where(Receipt.at > moments[0]).order_by(Receipt.at)
    assert session.scalars(later).all() == ["1", "2"]


def test_points_are_stored_as_whole_hundredths(desk: Desk):
    desk.credit("纪律-02", "0.5")
    stored = desk.session.execute(text("SELECT points FROM entries")).scalar_one()
    assert (stored, type(stored)) == (-13, int)
    desk.session.expire_all()
    assert str(desk.entries()[0].points) == "-0.13"


def test_points_finer_than_a_hundredth_are_refused(desk: Desk):
    with pytest.raises(ValueError, match=r"finer than 0\.01"):
        desk.claim("服务-01", "1.005")


def test_nothing_stays_nothing_in_every_column_type(session: Session):
    for column in (Moment(), Points(), MonthOf()):
        dialect = session.get_bind().dialect
        assert column.process_bind_param(None, dialect) is None
        assert column.process_result_value(None, dialect) is None


def test_a_month_is_kept_as_it_reads(session: Session, cast: Cast):
    insert_once(session, ZeroClaim, member_id=cast.zhang_san.id, month=Month(2026, 9), said_at=NOW)
    assert session.execute(text("SELECT month FROM zero_claims")).scalar_one() == "2026-09"
    assert session.scalars(select(ZeroClaim.month)).one() == Month(2026, 9)


def test_a_status_is_stored_by_its_value_and_no_other_word_is_let_in(desk: Desk):
    desk.claim()
    assert desk.session.execute(text("SELECT status FROM claims")).scalar_one() == ClaimStatus.SUBMITTED.value
    with pytest.raises(IntegrityError):
        desk.session.execute(text("UPDATE claims SET status = 'SUBMITTED'"))


def test_a_row_is_inserted_once(session: Session):
    values = {"key": "k", "openid": "o", "at": NOW}
    assert [insert_once(session, Receipt, **values) for _ in range(3)] == [True, False, False]
    assert session.scalars(select(Receipt.key)).all() == ["k"]


def test_every_constraint_has_a_name_that_migrations_can_use():
    nameless = [c for table in Base.metadata.tables.values() for c in table.constraints if c.name is None]
    assert not nameless


def test_every_day_and_moment_column_says_which_it_is():
    kinds = {type(c.type).__name__ for t in Base.metadata.tables.values() for c in t.columns}
    assert "DateTime" not in kinds  # a moment without Moment would come back naive
    assert {"Moment", "Date", "Points", "MonthOf"} <= kinds
