"""Conditions on lists of values, in words that can be prepared (models/prepared.py)."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, ColumnElement, Dialect, Text, TypeDecorator, bindparam, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


def among(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """``column.in_(values)`` for values that are known beforehand, as it can be prepared."""
    return or_(*(column == value for value in values))


class _Numbers(TypeDecorator[Sequence[int]]):
    """Numbers of rows as one value: an array of PostgreSQL, else a text of JSON."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(BigInteger()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        numbers = list(value or ())
        return numbers if dialect.name == "postgresql" else json.dumps(numbers)


class _Listed(FunctionElement[bool]):
    """Whether a column is one of listed numbers."""

    type = Boolean()
    inherit_cache = True


@compiles(_Listed)
def _in_json(element: _Listed, compiler: SQLCompiler, **named: Any) -> str:
    column, numbers = (compiler.process(part, **named) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"


@compiles(_Listed, "postgresql")
def _in_array(element: _Listed, compiler: SQLCompiler, **named: Any) -> str:
    column, numbers = (compiler.process(part, **named) for part in element.clauses)
    return f"{column} = ANY ({numbers})"


def listed(column: Any, name: str) -> ColumnElement[bool]:
    """``column.in_(numbers)`` for a list of any length that is given by a name, as it can be prepared."""
    return _Listed(column, bindparam(name, type_=_Numbers()))
