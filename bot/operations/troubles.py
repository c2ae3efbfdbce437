"""What a person must see, and what to do about it: asked of the tables and the machine, never naming anybody."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from bot.config import Config
from bot.operations.refusals import sentence_of
from bot.wechat.errors import Fault, Refusal
from models import delivery_counts, heartbeats, measures
from models.months import SHANGHAI, shanghai_day

SILENT = timedelta(minutes=5)
STUCK = timedelta(hours=1)
RECENT = timedelta(hours=1)
# Nothing of these gets better until somebody acts.
OPERATORS = frozenset({Fault.CONFIGURATION, Fault.TEMPLATE, Fault.CHANNEL})
GIB = 1 << 30
LEAST, SHARE, ENOUGH = GIB, 0.05, 10 * GIB  # of a disk: that much free, or of a smaller share no less than enough


@dataclass(frozen=True, slots=True)
class Trouble:
    """One cause, told once a day, and the sentence for the operator."""

    cause: str
    says: str


def of_worker(session: Session, since: datetime, now: datetime) -> Iterator[Trouble]:
    """Nobody does what falls due; ``since`` is when somebody began to look."""
    last = max(heartbeats.last(session) or since, since)
    if now - last > SILENT:
        at = last.astimezone(SHANGHAI)
        yield Trouble("worker", f"定时任务从 {at:%m-%d %H:%M} 起没有动静；请看 xianfeng worker（或 serve）是否在运行")


def of_queue(session: Session, now: datetime) -> Iterator[Trouble]:
    """Notices that do not get on."""
    stuck = measures.stuck(session, now - STUCK)
    if stuck:
        yield Trouble("notices", f"有 {stuck} 条通知到点一小时还没发；请运行 xianfeng doctor")


def of_platform(session: Session, now: datetime) -> Iterator[Trouble]:
    """WeChat refuses for a reason that the operator alone can end: a wrong secret, an address, a template."""
    for count in delivery_counts.of_day(session, shanghai_day(now)):
        if count.fault in OPERATORS and now - count.at < RECENT:
            said = sentence_of(Refusal(count.code, Fault(count.fault), "微信拒绝"))
            yield Trouble(f"wechat:{count.channel}:{count.code or count.fault}", f"通知发不出去：{said}")


def of_disk(config: Config) -> Iterator[Trouble]:
    """A disk on which there is hardly room; each machine has its own."""
    folder: Path | None = config.app.data_dir
    while folder is not None and not folder.exists():
        folder = folder.parent if folder != folder.parent else None
    if folder is None:
        return
    usage = shutil.disk_usage(folder)
    if is_short(usage.free, usage.total):
        machine = os.uname().nodename[:30]
        yield Trouble(f"disk:{machine}", f"{machine} 的磁盘只剩 {usage.free / GIB:.1f} GiB；请清理，或换大的")


def is_short(free: int, total: int) -> bool:
    """Whether a disk is almost full."""
    return free < LEAST or (free < SHARE * total and free < ENOUGH)
