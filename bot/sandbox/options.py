"""What the stand-in is started with: addresses and secrets, and the callables that tie it to the demonstration."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class NotLoopback(ValueError):
    """The stand-in was pointed at an address that is not this machine's own."""


@dataclass(frozen=True)
class Person:
    """A member of the roster whose phone can be opened on the page.

    `openid` is None while the member is unbound; `binding_code` is the code the page may show beside such a phone.
    """

    staff_no: str
    name: str
    role: str
    branch: str
    group: str
    openid: str | None = None
    binding_code: str | None = None


@dataclass(frozen=True)
class Template:
    """A template of the account: its title and, per keyword (`thing1`, `time3` …), the label shown on the card."""

    title: str
    fields: Mapping[str, str]


class Clock(Protocol):
    """Tells the stand-in's time as an aware datetime."""

    def __call__(self) -> datetime: ...


class Jump(Protocol):
    """Moves the clock forward to `target`, doing what is due on the way in order; returns when it is there."""

    def __call__(self, target: datetime, /) -> None: ...


def monday_to_friday(day: date) -> bool:
    """The plain working week, for whoever hands in no calendar."""
    return day.weekday() < 5


@dataclass(frozen=True)
class SandboxOptions:
    """Everything the stand-in needs to know; secrets are those of Xianfeng's own [wechat] section.

    `people` gives the roster afresh at each call. `first_phones` are the staff numbers whose phones the page opens at
    its first start; empty, it chooses a member, a group leader and a secretary. `patience` is how many seconds an
    answer may take and `deliveries` how often a message is sent in all (wechat.md 2). `duplicate_errcode` is what a
    repeated client_msg_id answers (undocumented; 0 gives the first msgid again). `finish_delay` is the time in
    seconds between a template message and the event that tells its fate.
    """

    wechat_url: str
    token: str = field(repr=False)
    app_id: str
    app_secret: str = field(repr=False)
    aes_key: str = field(repr=False)
    account_id: str
    state_dir: Path
    clock: Clock
    jump: Jump
    people: Callable[[], Sequence[Person]]
    account_name: str = "先锋积分"
    templates: Mapping[str, Template] = field(default_factory=dict)
    mode: Literal["aes", "plain"] = "aes"
    first_phones: tuple[str, ...] = ()
    is_workday: Callable[[date], bool] = monday_to_friday
    patience: float = 5.0
    deliveries: int = 3
    duplicate_errcode: int = 0
    finish_delay: float = 0.2


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address is this machine's own; a name other than localhost is not looked up."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def refuse_real(api_base: str) -> None:
    """Raise NotLoopback unless `api_base` is a loopback http address: the stand-in never plays beside the real one."""
    parts = urlsplit(api_base)
    if parts.scheme not in {"http", "https"} or not is_loopback(parts.hostname):
        raise NotLoopback(f"the stand-in works with loopback addresses only, not with {parts.hostname or api_base!r}")
