"""Doctor's look at the database: its clock, and whether what is due gets done."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bot.clock import system
from bot.operations.findings import Finding, fails, fine, note
from models import heartbeats
from models.months import SHANGHAI
from models.notices import UNREAD, WAITING, Notice, NoticeStatus
from models.sessions import Sessions

APART = timedelta(seconds=5)  # more, and times of two machines no longer fit together
LATE = timedelta(minutes=10)
SENDING = timedelta(minutes=1)
SILENT = timedelta(minutes=2)
CLOCKS = {
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
    "postgresql": "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US+00:00')",
}


def look(sessions: Sessions) -> Iterator[Finding]:
    """The database, which answers and is up to date, and its clock beside the process's."""
    kind = sessions.engine.dialect.name
    yield fine(f"数据库（{'SQLite' if kind == 'sqlite' else 'PostgreSQL'}）连得上，结构是最新的")
    with sessions.read() as session:
        theirs = datetime.fromisoformat(str(session.execute(text(CLOCKS[kind])).scalar_one()))
    apart = abs(system() - theirs.astimezone(UTC))
    shown = system().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if apart > APART:
        yield fails(
            f"数据库的钟与本机差 {apart.total_seconds():.0f} 秒（本机 {shown}）", "请对时，微信也拒收差10分钟的消息"
        )
    else:
        yield fine(f"时钟：{shown}，与数据库一致")


def look_at_queue(session: Session, now: datetime) -> Iterator[Finding]:
    """Whether somebody delivers, judged by what is still waiting and by the workers' signs of life."""
    late = _count(session, Notice.status.in_(WAITING), Notice.next_try <= now - LATE)
    stuck = _count(session, Notice.status == NoticeStatus.SENDING, Notice.next_try <= now - SENDING)
    due = _count(session, Notice.status.in_(WAITING), Notice.next_try <= now)
    last = heartbeats.last(session)
    inbox = _count(session, Notice.status.in_(UNREAD))
    if late or stuck:
        what = f"到点10分钟还没发的通知 {late} 条，发了一半的 {stuck} 条"
        yield fails(what, "定时任务可能没有运行，请看 xianfeng worker（或 serve）是否在运行")
    elif due and (last is None or now - last > SILENT):
        said = "还没有动静" if last is None else f"从 {last.astimezone(SHANGHAI):%m-%d %H:%M} 起没有动静"
        yield note(f"该发的通知 {due} 条，定时任务{said}", "请看 xianfeng worker（或 serve）是否在运行")
    else:
        yield fine("通知都按时发出，没有积压")
    if inbox:
        yield note(f"推送不到、等本人在公众号里看的通知 {inbox} 条", "本人发“通知”就能看到")


def _count(session: Session, *conditions: object) -> int:
    query = select(func.count()).select_from(Notice).where(*conditions)  # type: ignore[arg-type]
    return session.scalars(query).one()
