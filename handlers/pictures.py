"""An image came outside a question that waited for one: whose it is (rules 13, 27).

It goes to the minutes that are being written, or to what was last claimed or written in the past 10 minutes.
"""

from handlers import claims
from handlers.claims import SECRET_WARNING
from handlers.command import Context, Reply, done
from models import claiming, meetings, minutes, minutes_pictures, pictures
from models.dialogs import Dialog

WRITING = "会议记录"


def arrived(ctx: Context, media_id: str, dialog: Dialog | None) -> Reply:
    """Keep an image with what it belongs to."""
    number = _under_way(ctx, dialog)
    if number is None:
        written = minutes.last_written(ctx.session, ctx.member.id, ctx.now - pictures.SENT_SHORTLY)
        claim = claiming.last_for_picture(ctx.session, ctx.member, ctx.now)
        if written is None or (claim is not None and claim.waiting_since > written.at):
            return claims.picture(ctx, media_id)
        number = written.meeting_id
    return _of_meeting(ctx, number, media_id)


def _under_way(ctx: Context, dialog: Dialog | None) -> int | None:
    """The meeting whose minutes the open question asks for."""
    question = dialog.open_question(ctx.now) if dialog else None
    if question is None or question.get("command") != WRITING:
        return None
    number = question.get("known", {}).get("number")
    return None if number is None else int(number)


def _of_meeting(ctx: Context, number: int, media_id: str) -> Reply:
    first = pictures.is_first(ctx.session, ctx.member.id, ctx.now)
    minutes_pictures.receive(ctx.session, number, media_id, by=ctx.member, now=ctx.now)
    meeting = meetings.get_run(ctx.session, number, by=ctx.member, now=ctx.now)
    count = len(minutes_pictures.of_meeting(ctx.session, number))
    warning = f"\n{SECRET_WARNING}" if first else ""
    return done(f"照片已附到 M{number} {meeting.title} 的会议记录，共{count}张{warning}")
