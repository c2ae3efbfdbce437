"""Notices as template data: which template serves a kind, and values within WeChat's typed limits (wechat.md 5.2).

A keyword's type is its name without the number (`thing1`, `character_string2`). A value that does not fit makes the
platform refuse the whole message (47003), so each is cut to what its type allows, and an empty one is replaced by the
nearest thing to a dash that the type allows.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DEFAULT = "default"  # the kind whose template serves every kind without its own, with the values title and text

Value = str | int | Decimal | datetime | date | None

_HAN = "㐀-䶿一-鿿〇\U00020000-\U0003ffff"
_NOT_HAN = re.compile(f"[^{_HAN}]")
_PICTURES = re.compile("[\U0001f000-\U0001ffff☀-➿️‍]")  # "common symbols" only, so no emoji
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_NUMBER = re.compile(r"[+-]?(\d{1,20}(?:\.\d{1,10})?)", re.ASCII)
_AMOUNT = re.compile(r"[¥￥$€]?\d{1,10}(?:\.\d{1,2})?元?", re.ASCII)
_CLOCK = r"(?:(?:(?:\d{4}年)?\d{1,2}月\d{1,2}日 ?)?\d{1,2}:\d{2})"
_TIME = re.compile(f"{_CLOCK}(?:~{_CLOCK})?", re.ASCII)
_DAY = r"(?:\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日)"
_DATE = re.compile(f"{_DAY}(?:~{_DAY})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Template:
    """One `[wechat.templates.KIND]`: the template's id, and keyword = name of a value of the notice."""

    id: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TemplateMessage:
    """What `Client.send_template` takes."""

    template_id: str
    data: Mapping[str, Mapping[str, str]]


class Templates:
    """The configured templates by kind of notice."""

    def __init__(self, by_kind: Mapping[str, Template]) -> None:
        self._by_kind = dict(by_kind)

    def serves(self, kind: str) -> bool:
        """Whether a notice of this kind can go as a template message."""
        return kind in self._by_kind or DEFAULT in self._by_kind

    def message(self, kind: str, values: Mapping[str, Value], *, now: datetime) -> TemplateMessage | None:
        """The template message of a notice; None if no template serves its kind.

        `now` stands where a time or date is asked for and the notice has none: when it is sent.
        """
        template = self._by_kind.get(kind) or self._by_kind.get(DEFAULT)
        if template is None:
            return None
        data = {key: {"value": fitted(key, values.get(name), now=now)} for key, name in template.fields.items()}
        return TemplateMessage(template.id, data)


def fitted(keyword: str, value: Value, *, now: datetime) -> str:
    """`value` as the type of `keyword` takes it; never empty."""
    kind = keyword.rstrip("0123456789").rstrip("_")
    if kind in ("time", "date"):
        return _moment(kind, value, now)
    return _fitted(kind, _first_line(value) if kind in _LEGACY else _words(value))


@lru_cache(maxsize=256)  # what is passed on or announced says the same to everybody
def _fitted(kind: str, words: str) -> str:
    return _FITS.get(kind, _thing)(_SPACE.sub(" ", words).strip())


def _words(value: Value) -> str:
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI)
        return f"{local.month}月{local.day}日 {local:%H:%M}"
    if isinstance(value, date):
        return f"{value.month}月{value.day}日"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def _first_line(value: Value) -> str:
    return _words(value).strip().partition("\n")[0]


def _moment(kind: str, value: Value, now: datetime) -> str:
    """`2019年10月1日 15:01` or `2019年10月1日` from a moment, a day, ISO 8601, or words that hold one."""
    if isinstance(value, str):
        words, value = _SPACE.sub(" ", value), _iso(value)
        found = (_TIME if kind == "time" else _DATE).search(words)
        if found and value is None:
            return found.group()
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI)
    elif not isinstance(value, date):
        value = now.astimezone(SHANGHAI)
    day = f"{value.year}年{value.month}月{value.day}日"
    if kind == "date":
        return day
    return f"{day} {value:%H:%M}" if isinstance(value, datetime) else f"{day} 00:00"


def _iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _cut(text: str, longest: int, mark: str = "") -> str:
    """At most `longest` characters, one beyond the basic plane counted as two; `mark` says that something is gone."""
    if _width(text) <= longest:
        return text
    room = longest - len(mark)
    text = text[:room]
    while _width(text) > room:
        text = text[:-1]
    return text.rstrip() + mark


def _width(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _thing(text: str) -> str:
    return _cut(_PICTURES.sub("", text).strip(), 20, "…") or "-"


def _name(text: str) -> str:
    text = _PICTURES.sub("", re.sub(r"\d", "", text)).strip()
    return _cut(text, 20 if text.isascii() else 10).strip() or "无"


def _kept(allowed: str, longest: int, empty: str) -> Callable[[str], str]:
    """A type that takes only some characters."""
    pattern = re.compile(f"[^{allowed}]")
    return lambda text: pattern.sub("", text)[:longest].strip() or empty


def _found(pattern: re.Pattern[str], empty: str) -> Callable[[str], str]:
    """A type that takes one figure, which may stand among other words."""

    def fit(text: str) -> str:
        found = pattern.search(text)
        return found.group() if found else empty

    return fit


_LEGACY = ("keyword", "first", "remark")
_FITS: Mapping[str, Callable[[str], str]] = {
    "thing": _thing,
    "short_thing": lambda text: _cut(_PICTURES.sub("", text).strip(), 5) or "-",  # its limit is not published
    "name": _name,
    "phrase": lambda text: _cut(_NOT_HAN.sub("", text), 5) or "无",
    "character_string": _kept(r"\x20-\x7e", 32, "-"),
    "letter": _kept("A-Za-z", 32, "N"),
    "symbol": lambda text: re.sub(rf"[\w\s{_HAN}]", "", text)[:5] or "-",
    "number": _found(_NUMBER, "0"),
    "amount": _found(_AMOUNT, "0元"),
    "phone_number": _kept(r"0-9+\-() ", 17, "-"),
    "car_number": lambda text: text[:8] or "-",
    "const": lambda text: text or "-",
    "enum": lambda text: text or "-",
}
