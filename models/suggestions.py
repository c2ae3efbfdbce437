"""Suggestions heard at a meeting (听取意见): each kept as one of its own, answered like any, and told back (S0).

    heard ──kept as it is filed──▶ Y7 open ──adopted or not──▶ the group's leader is told, the next meeting hears of it

Under a name it is that member's, who is told the answer; without one it is nobody's.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import answerers, filing, meetings, notices, opinions, organizations
from models.appointments import Office
from models.deciders import offices_of
from models.meetings import HELD, Meeting
from models.members import Member
from models.opinions import UNANSWERED, Opinion
from models.organizations import OrganizationKind

_NUMBER = (
    r"(?:^|(?<=[\s。，,：:；;]))(?:\d{1,2}[.、)）．](?!\d)|[一二三四五六七八九十]{1,2}、)"
    r"|[（(]\d{1,2}[)）]|[①-⑳]"
)
_BETWEEN = re.compile(rf"[\n；;]+|(?:{_NUMBER})\s*")
_NOTHING = re.compile(
    r"(?:大家|与会人员|组员)?(?:都|均)?(?:暂|没|无|没有|暂无|暂时没有|未提出?)?(?:其他|别的|不同)?(?:意见|建议)?(?:[和、]?建议)?"
)
_NAMELESS = re.compile(r"^(?:不署名|不记名|匿名|某同志|有同志|有人)\s?[：:]\s?")
_SAYS = r"(?:同志)?\s?(?:(?:提出|提议|建议|认为|希望|表示|反映|说|提)?[：:]\s?|(?=提出|提议|建议|认为|希望|表示))"
_EDGES = " ，,。、；;：:"


class Heard(NamedTuple):
    """One suggestion as the minutes have it."""

    text: str
    member: Member | None


def read(text: str, people: Sequence[Member]) -> list[Heard]:
    """The suggestions in what was written under 听取意见, by line, semicolon, number or name before a colon."""
    by_name = {one.name: one for one in people if sum(other.name == one.name for other in people) == 1}
    names = "|".join(map(re.escape, sorted(by_name, key=len, reverse=True)))
    if names:
        text = re.sub(rf"(?<=[\s。，,])(?=(?:{names}){_SAYS})", "\n", text)
    found = (_one(piece.strip(_EDGES), names, by_name) for piece in _BETWEEN.split(text))
    return [heard for heard in found if not _NOTHING.fullmatch(heard.text)]


def _one(piece: str, names: str, by_name: dict[str, Member]) -> Heard:
    said = re.match(rf"(?P<name>{names}){_SAYS}", piece) if names else None
    if said is not None:
        return Heard(piece[said.end() :].strip(_EDGES), by_name[said["name"]])
    return Heard(_NAMELESS.sub("", piece), None)


def keep(session: Session, meeting: Meeting, text: str, *, now: datetime) -> list[Opinion]:
    """Keep what was heard at a meeting as suggestions, and ask who answers them, each once for all.

    Where nobody could answer one it stays in the minutes alone.
    """
    people = [invitation.member for invitation in meetings.invitations(session, meeting.id)]
    branch = organizations.branch_of(session, meeting.organization) or meeting.organization
    kept = []
    for heard in read(text, people):
        try:
            kept.append(filing.keep_heard(session, *heard, meeting_id=meeting.id, organization_id=branch.id, now=now))
        except filing.NobodyAnswers:
            continue
    _ask(session, meeting, kept, now)
    return kept


def _ask(session: Session, meeting: Meeting, kept: Sequence[Opinion], now: datetime) -> None:
    if len(kept) == 1:
        filing.ask(session, kept[0], now=now)
        return
    of_each: dict[int, list[int]] = {}
    for opinion in kept:
        for seat in answerers.answerers(session, opinion, now).asked:
            of_each.setdefault(seat.id, []).append(opinion.id)
    for member_id, ids in of_each.items():
        key = f"suggestions_heard:{meeting.id}:{ids[0]}:{member_id}"
        facts = {"meeting": meeting.id, "opinions": ids}
        notices.post(session, member_id, "suggestions_heard", key=key, now=now, facts=facts)


def of_meeting(session: Session, meeting_id: int) -> Sequence[Opinion]:
    """What was suggested at a meeting, in the order of its minutes."""
    return session.scalars(select(Opinion).where(Opinion.meeting_id == meeting_id).order_by(Opinion.id)).all()


def last_time(session: Session, meeting: Meeting) -> tuple[Meeting, Sequence[Opinion]] | None:
    """The meeting that was held before one by the same organization, where something was suggested at it."""
    query = select(Meeting).where(Meeting.organization_id == meeting.organization_id, Meeting.state.in_(HELD))
    query = query.where(Meeting.starts_at < meeting.starts_at).order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    before = session.scalars(query.limit(1)).first()
    found = of_meeting(session, before.id) if before is not None else ()
    return (before, found) if before is not None and found else None


def tell_leader(session: Session, opinion: Opinion, *, now: datetime) -> None:
    """Tell the leader of the group, once, what became of a suggestion; of another meeting its organizer."""
    if opinion.meeting_id is None or opinion.status in UNANSWERED:
        return
    last = opinions.last_answer(session, opinion)
    knows = {opinion.member_id, last.by_id if last is not None else None}
    meeting = session.get_one(Meeting, opinion.meeting_id)
    for member_id in _leaders(session, meeting, now):
        if member_id not in knows:
            key = f"{opinion.subject}:leader:{member_id}"
            notices.post(session, member_id, "suggestion_settled", key=key, now=now, facts={"opinion": opinion.id})


def _leaders(session: Session, meeting: Meeting, now: datetime) -> list[int]:
    if meeting.organization.kind is OrganizationKind.GROUP:
        offices = offices_of(session, meeting.organization_id, now)
        return [seat.id for seat in offices.holders(meeting.organization_id, Office.GROUP_LEADER)]
    return [meeting.organizer_id]
