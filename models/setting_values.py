"""Settings as people read and write them: what holds and where it comes from, and a typed value checked."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import organizations, settings
from models.errors import Refused
from models.members import Member
from models.months import Month
from models.organizations import Organization
from models.settings import Form, Setting, SettingChange

_SPAN = re.compile(r"[1-9]\d{0,2}[dhm]")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
NOTHING = ("", "空", "无")


class UnknownSetting(Refused):
    """No setting has that key; the sentence lists those there are."""


class BadValue(Refused):
    """A value that the setting does not take; the sentence says which it takes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting as an organization has it, and in words where the value comes from."""

    setting: Setting[Any]
    value: str
    origin: str


def find(key: str) -> Setting[Any]:
    """A setting by its key; raises UnknownSetting."""
    if key not in settings.ALL:
        raise UnknownSetting(f"没有“{key}”这项设置，有的是：{'、'.join(settings.ALL)}", "xianfeng settings show")
    return settings.ALL[key]


def show(session: Session, organization: Organization) -> Iterator[Shown]:
    """Every setting there is, as it holds for an organization."""
    for setting in settings.ALL.values():
        value = settings.get(session, setting, organization.id)
        yield Shown(setting, written(value), _origin(session, setting, organization))


def _origin(session: Session, setting: Setting[Any], organization: Organization) -> str:
    query = select(SettingChange.organization_id).where(SettingChange.key == setting.key)
    given = set(session.scalars(query))
    for rung in organizations.ladder(session, organization.id):
        if rung.id in given:
            return "自己设的" if rung.id == organization.id else f"沿用{rung.name}"
    if None in given:
        return "对所有组织设的"
    configured = session.info.get("defaults", {}).get(setting.key, setting.default)
    return "默认" if configured == setting.default else "配置文件"


def written(value: Any) -> str:
    """A value as one types it."""
    if isinstance(value, list):
        return " ".join(value) or NOTHING[1]
    return str(value) or NOTHING[1]


def change(
    session: Session, setting: Setting[Any], text: str, *, organization: Organization, by: Member | None, now: datetime
) -> Any:
    """Give a setting a typed value for an organization and what is below it; logged with who did. Raises BadValue.

    ``by`` is None for the operator.
    """
    value = read(setting, text)
    settings.put(session, setting, value, organization_id=organization.id, by_id=by.id if by else None, now=now)
    return value


def read(setting: Setting[Any], text: str) -> Any:
    """A typed value; raises BadValue."""
    value, wants = _READERS[form_of(setting)](setting, text.strip())
    if value is None:
        example = f"xianfeng settings set {setting.key} {_quoted(written(setting.default))}"
        raise BadValue(f"{setting.title}（{setting.key}）要写{wants}，您写的是“{text}”", example)
    return value


def form_of(setting: Setting[Any]) -> Form:
    """How a setting's value is written."""
    if setting.form is not None:
        return setting.form
    by_default = {int: Form.NUMBER, list: Form.TIMES, str: Form.CHOICE if setting.choices else Form.MONTH}
    return by_default[type(setting.default)]


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _number(setting: Setting[Any], text: str) -> tuple[int | None, str]:
    number = int(text) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else None
    fits = number is not None and setting.least <= number <= setting.most
    return number if fits else None, f"{setting.least}到{setting.most}的整数"


def _times(setting: Setting[Any], text: str) -> tuple[list[str] | None, str]:
    times = [] if text in NOTHING else re.split(r"[\s,，、]+", text)
    fits = all(_TIME.fullmatch(time) for time in times) and len(set(times)) == len(times)
    return times if fits else None, "几点几分（例如 12:00 17:30），或“空”"


def _from_until(setting: Setting[Any], text: str) -> tuple[list[str] | None, str]:
    times, _ = _times(setting, text)
    return times if times is not None and len(times) in (0, 2) else None, "起止两个时间（例如 22:00 07:30），或“空”"


def _spans(setting: Setting[Any], text: str) -> tuple[list[str] | None, str]:
    spans = [] if text in NOTHING else re.split(r"[\s,，、]+", text.lower())
    fits = all(_SPAN.fullmatch(span) for span in spans) and len(set(spans)) == len(spans)
    return spans if fits else None, "多久（天 d、小时 h、分钟 m，例如 1d 1h），或“空”"


def _choice(setting: Setting[Any], text: str) -> tuple[str | None, str]:
    return text if text in setting.choices else None, f"{'、'.join(setting.choices)} 中的一个"


def _month(setting: Setting[Any], text: str) -> tuple[str | None, str]:
    wants = "一个月份（例如 2026-10），或“空”"
    if text in NOTHING:
        return "", wants
    try:
        return str(Month.parse(text)), wants
    except ValueError:
        return None, wants


_READERS: dict[Form, Callable[[Setting[Any], str], tuple[Any, str]]] = {
    Form.NUMBER: _number,
    Form.TIMES: _times,
    Form.FROM_UNTIL: _from_until,
    Form.SPANS: _spans,
    Form.CHOICE: _choice,
    Form.MONTH: _month,
}
