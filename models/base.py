"""What every table is made of: the declarative base."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Date, MetaData
from sqlalchemy.orm import DeclarativeBase

from models.columns import Moment, MonthOf, Points
from models.months import Month

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The tables of Xianfeng."""

    # Whether what was read of the table may be remembered by ``once_per_session``.
    read_once: ClassVar[bool] = False
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment, Decimal: Points, Month: MonthOf, date: Date}
