"""A meeting as a calendar file, .ics, as phones take it (RFC 5545)."""

from datetime import UTC, datetime

from models.meetings import Meeting, MeetingState

LONGEST_LINE = 75  # octets; what is longer goes on after a break and a space
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})


def write(meeting: Meeting, now: datetime) -> str:
    """The file of one meeting; a later one with the same UID replaces it when the meeting was moved."""
    cancelled = meeting.state is MeetingState.CANCELLED
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Xianfeng//Meetings//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{meeting.screen[:12]}-{meeting.id}@xianfeng",
        f"DTSTAMP:{_utc(now)}",
        f"SEQUENCE:{meeting.moves + cancelled}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        f"DTSTART:{_utc(meeting.starts_at)}",
        f"DTEND:{_utc(meeting.closes_at)}",
        f"SUMMARY:{_text(meeting.title)}",
        f"LOCATION:{_text(meeting.place)}",
        f"DESCRIPTION:{_text(_about(meeting))}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _about(meeting: Meeting) -> str:
    agenda = [f"内容：{meeting.agenda}"] if meeting.agenda else []
    return "\n".join([f"会议 M{meeting.id}", *agenda])


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    return text.translate(_ESCAPED)


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, no character cut in two."""
    pieces, piece, length = [], "", 0
    for letter in line:
        size = len(letter.encode())
        if length + size > LONGEST_LINE:
            pieces.append(piece)
            piece, length = "", 1  # the space that begins a continuation
        piece += letter
        length += size
    return "\r\n ".join([*pieces, piece])
