"""The keywords of a template and the limits of their types (wechat.md 5.2)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.errors import ApiError
from bot.sandbox.options import Template

_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_DAY = r"\d{4}年(?:0?[1-9]|1[0-2])月(?:0?[1-9]|[12]\d|3[01])日"
_MOMENT = rf"(?:{_DAY} ?)?{_CLOCK}"
_DATE = rf"{_DAY}(?: ?{_CLOCK})?"
LEGACY_LENGTH = 20


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _is_name(value: str) -> bool:
    return len(value) <= (10 if re.search(r"[\u4e00-\u9fff]", value) else 20)


TYPES: dict[str, Callable[[str], bool]] = {
    "thing": _matches(r"[^\x00-\x1f]{1,20}"),
    "short_thing": _matches(r"[^\x00-\x1f]{1,5}"),
    "number": _matches(r"[+-]?\d{1,32}(?:\.\d{1,31})?"),
    "letter": _matches(r"[A-Za-z]{1,32}"),
    "symbol": _matches(r"[^\w\s]{1,5}"),
    "character_string": _matches(r"[\x20-\x7e]{1,32}"),
    "time": _matches(rf"{_MOMENT}(?: ?~ ?{_MOMENT})?"),
    "date": _matches(rf"{_DATE}(?: ?~ ?{_DATE})?"),
    "amount": _matches(r"[^\w\s]?\d{1,10}(?:\.\d{1,2})?元?"),
    "phone_number": _matches(r"[\d+() -]{1,17}"),
    "car_number": _matches(r"[^\x00-\x1f]{1,8}"),
    "name": _is_name,
    "phrase": _matches(r"[\u4e00-\u9fff]{1,5}"),
    "enum": _matches(r"[^\x00-\x1f]{1,20}"),
    "const": _matches(r"[^\x00-\x1f]{1,20}"),
}


def fill(template: Template, data: Any) -> list[dict[str, str]]:
    """The card's rows, label and value, in the template's order.

    A category template refuses unknown, missing and badly typed keywords with ApiError 47003. A legacy one
    (`keyword1` …) drops `first` and `remark` and cuts each value at 20 characters and at the first line break.
    """
    if not isinstance(data, Mapping):
        raise ApiError(47003, "argument invalid! data invalid")
    legacy = any(key.startswith("keyword") for key in template.fields)
    if not legacy and (unknown := sorted(set(data) - set(template.fields))):
        raise ApiError(47003, f"argument invalid! data.{unknown[0]}.value invalid")
    read = _legacy_value if legacy else _typed_value
    return [{"label": label, "value": read(key, data.get(key))} for key, label in template.fields.items()]


def _value(entry: Any) -> str:
    value = entry.get("value") if isinstance(entry, Mapping) else None
    return value if isinstance(value, str) else "" if value is None else str(value)


def _legacy_value(key: str, entry: Any) -> str:
    lines = _value(entry).splitlines()
    return lines[0][:LEGACY_LENGTH] if lines else ""


def _typed_value(key: str, entry: Any) -> str:
    value = _value(entry)
    if not value.strip():
        raise ApiError(47003, f"argument invalid! data.{key}.value is emtpy")
    fits = TYPES.get(key.rstrip("0123456789"))
    if fits is None or not fits(value):
        raise ApiError(47003, f"argument invalid! data.{key}.value invalid")
    return value
