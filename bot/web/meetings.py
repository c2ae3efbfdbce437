"""The page for the screen in the room, and the calendar file of a meeting (rules 24, 25).

Whoever has the address of the screen sees the code; the bot gives it to the organizer alone. The QR code is one of
WeChat's own where the account may make them: scanned by anybody, it checks them in. Elsewhere it holds the words
``签到 483920``, which the button 签到 of our menu sends as it scans them.
"""

import asyncio
import io
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hmac import compare_digest
from threading import Lock

import segno
from flask import Blueprint, Response, abort, jsonify, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import calendar_file
from bot.program import Program
from bot.scans import SCENE
from bot.wechat.errors import Refusal, Unclear
from bot.wechat.privacy import describe
from handlers.words import time_word
from models import check_ins, meetings
from models.meetings import AHEAD, CAME, Attendance, Meeting, MeetingState

log = logging.getLogger(__name__)
LIVES = 120  # seconds, as long as a code may be taken
SHOWN_AFTER = timedelta(days=1)  # so long after its end the page is there
EVERY = 3  # seconds between two looks
HEADERS = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def blueprint(program: Program) -> Blueprint:
    """The screen with its QR code and what changes on it, and calendar files."""
    pages = Blueprint("meetings", __name__)
    codes = QrCodes(partial(from_platform, program))

    @pages.get("/m/screen/<token>")
    def screen(token: str) -> Response:
        with program.sessions.read() as session:
            meeting = _shown(program, session, token)
            title, place, at = meeting.title, meeting.place, time_word(meeting.starts_at)
        now, code = (url_for(f"meetings.{name}", token=token) for name in ("now", "qr"))
        nonce = secrets.token_urlsafe(16)
        page = render_template(
            "screen.html", title=title, place=place, at=at, now=now, code=code, every=EVERY, nonce=nonce
        )
        return Response(page, headers={**HEADERS, "Content-Security-Policy": _policy(nonce)})

    @pages.get("/m/screen/<token>/now")
    def now(token: str) -> Response:
        with program.sessions.read() as session:
            found = _now(session, _shown(program, session, token), program.clock())
        answer = jsonify(found)
        answer.headers.update(HEADERS)
        return answer

    @pages.get("/m/screen/<token>/qr.svg")
    def qr(token: str) -> Response:
        with program.sessions.read() as session:
            meeting = _shown(program, session, token)
            if not _open(meeting, program.clock()):
                abort(404)
            code = check_ins.code_of(meeting, program.clock())
        return Response(drawn(codes.get(meeting.id, code)), mimetype="image/svg+xml", headers=HEADERS)

    @pages.get("/m/calendar/<int:number>-<proof>.ics")
    def calendar(number: int, proof: str) -> Response:
        with program.sessions.read() as session:
            meeting = meetings.find(session, number)
            if meeting is None or not compare_digest(meeting.screen[:12].encode(), proof.encode()):
                abort(404)
            text = calendar_file.write(meeting, program.clock())
        name = {"Content-Disposition": f'attachment; filename="M{number}.ics"'}
        return Response(text, mimetype="text/calendar", headers={**HEADERS, **name})

    return pages


def _policy(nonce: str) -> str:
    own = "img-src 'self'; connect-src 'self'; style-src 'unsafe-inline'"
    return f"default-src 'none'; {own}; script-src 'nonce-{nonce}'"


def _shown(program: Program, session: Session, token: str) -> Meeting:
    """The meeting of an address; 404 for none, and for one that was over a day ago."""
    meeting = session.scalars(select(Meeting).where(Meeting.screen == token)).first()
    if meeting is None or program.clock() > meeting.closes_at + SHOWN_AFTER:
        abort(404)
    return meeting


def _open(meeting: Meeting, now: datetime) -> bool:
    return meeting.state in AHEAD and meeting.opens_at <= now < meeting.closes_at


def _now(session: Session, meeting: Meeting, now: datetime) -> dict[str, object]:
    """What the screen shows at a moment: the code while it is taken, and who is in, the last one first."""
    invited = meetings.invitations(session, meeting.id)
    came = [one for one in invited if one.state in CAME]
    came.sort(key=lambda one: (one.checked_in_at or meeting.opens_at, one.id), reverse=True)
    return {
        "code": check_ins.code_of(meeting, now) if _open(meeting, now) else "",
        "left": 60 - int(now.timestamp()) % 60,
        "word": _word(meeting, now),
        "came": len(came),
        "invited": len(invited),
        "names": [f"{one.member.name}{'（迟到）' if one.state is Attendance.LATE else ''}" for one in came],
    }


def _word(meeting: Meeting, now: datetime) -> str:
    if meeting.state is MeetingState.CANCELLED:
        return "会议取消了"
    if now < meeting.opens_at:
        return f"{time_word(meeting.opens_at)}起签到"
    if _open(meeting, now):
        return "在公众号里发这6位数字，或用“签到”扫码"
    return "签到已结束"


def drawn(content: str) -> bytes:
    """A QR code as SVG."""
    out = io.BytesIO()
    segno.make(content, error="m", micro=False).save(out, kind="svg", scale=10, border=2, xmldecl=False)
    return out.getvalue()


@dataclass(slots=True)
class QrCodes:
    """What the QR code of a meeting holds: made once for each code, by whoever asks first."""

    make: Callable[[str], str]
    _made: dict[int, tuple[str, str]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, meeting_id: int, code: str) -> str:
        """The address of WeChat's own code for these digits; where there is none, the words that check in."""
        with self._lock:
            made = self._made.get(meeting_id)
            if made is None or made[0] != code:
                made = self._made[meeting_id] = (code, self.make(f"{SCENE}{code}") or f"签到 {code}")
            return made[1]


def from_platform(program: Program, scene: str) -> str:
    """The address that a code of WeChat's own holds; nothing where the account may not or the platform fails."""

    async def ask() -> str:
        async with program.client() as client:
            return (await client.create_qrcode(scene, LIVES)).url

    if program.config.wechat.account != "service":
        return ""
    try:
        return asyncio.run(ask())
    except (Refusal, Unclear) as error:
        log.warning("no QR code from the platform: %s", describe(error))
        return ""
