"""Opening a group of notices: worded and noted as ``sending`` on a channel, in one transaction (rules 28).

Reading and writing take a few statements for the whole group. A reader's window or grant is used only while it is
held; what somebody else is at just now, say because its reader is writing to us, is looked at again a second later.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from jobs.attempts import Desk, Opened
from jobs.letters import Channel, Letter
from models import followers, grants, quiet, recipients, sendings
from models.notices import Posted
from models.recipients import Recipient
from models.urgency import Urgency

SOON = timedelta(seconds=1)


class Unworded(Exception):
    """A notice cannot be worded, for a mistake of ours, which is the cause."""

    def __init__(self, id: int) -> None:
        self.id = id


class Unreserved(Exception):
    """Calls are to be reserved first, in a transaction of their own: no other worker could begin during the wording."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A notice with its letter, and its reader's window as far as it was read."""

    id: int
    letter: Letter
    window: int


@dataclass(slots=True)
class Sorted:
    """What is to become of a group's notices, by their numbers."""

    open: list[Worded] = field(default_factory=list)
    inbox: list[int] = field(default_factory=list)
    lapsed: list[int] = field(default_factory=list)
    later: dict[datetime, list[int]] = field(default_factory=lambda: defaultdict(list))


def open_group(session: Session, desk: Desk, most: int) -> tuple[list[Opened], int]:
    """Open what is due, at most so many; returns also how many were looked at. Commit it before the calls.

    Raises Unworded, and leaves the whole group as it was, when one of them cannot be worded; Unreserved when too few
    calls are reserved for them.
    """
    now, allowance = desk.now, desk.allowance
    # After the first of a run there are mostly more: they would be read in vain.
    if allowance.used and not allowance.enough(most, now):
        raise Unreserved
    notices = sendings.due(session, now=now, most=most)
    if not notices:
        return [], 0
    if not allowance.enough(len(notices), now):
        raise Unreserved
    found = _sorted(session, desk, notices, now)
    opened = _enter(session, desk, found, now)
    sendings.to_inbox(session, found.inbox)
    sendings.lapse(session, found.lapsed, now)
    for next_try, ids in found.later.items():
        sendings.hand_back(session, ids, next_try)
    allowance.looked_at(len(notices))
    return _begun(session, desk, opened, now), len(notices)


def _sorted(session: Session, desk: Desk, notices: Sequence[Posted], now: datetime) -> Sorted:
    """Each notice worded, or what else is to become of it."""
    found, nights = Sorted(), _Nights(session, now)
    readers = recipients.of(session, notices, now)
    for notice in notices:
        try:
            _sort(session, desk, notice, readers[notice.id], nights, found)
        except Exception as error:
            raise Unworded(notice.id) from error
    return found


def _sort(session: Session, desk: Desk, notice: Posted, reader: Recipient, nights: "_Nights", found: Sorted) -> None:
    morning = nights.until(notice, reader.branch_id)
    if morning is not None:
        found.later[morning].append(notice.id)
    elif reader.openid is None:
        found.inbox.append(notice.id)
    elif (letter := _letter(session, desk, notice, reader, nights.now)) is None:
        found.lapsed.append(notice.id)
    else:
        found.open.append(Worded(notice.id, letter, reader.window))


class _Nights:
    """When a notice may go that came up in quiet hours; each branch's are asked for once."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self.now = session, now
        self._known: dict[int | None, datetime | None] = {}

    def until(self, notice: Posted, branch_id: int | None) -> datetime | None:
        """None when it may go now."""
        # A repeat does not wait for the morning, nor does what would come too late.
        if notice.kind in quiet.AWAITED or notice.maybe_received or notice.facts.get(quiet.URGENT):
            return None
        if branch_id not in self._known:
            self._known[branch_id] = quiet.until(self._session, branch_id, self.now)
        return self._known[branch_id]


def _letter(session: Session, desk: Desk, notice: Posted, reader: Recipient, now: datetime) -> Letter | None:
    assert reader.openid is not None
    letter = desk.post.prepare(session, notice, reader.openid, now)
    if letter is None:
        return None
    resting = reader.refused_at is not None and now < reader.refused_at + followers.REFUSED_FOR
    channels = _usable(letter.channels, repeat=notice.maybe_received, templates=not resting)
    return replace(letter, channels=channels, answer=notice.urgency == Urgency.ANSWER)


def _usable(channels: tuple[Channel, ...], *, repeat: bool, templates: bool) -> tuple[Channel, ...]:
    """A repeat only where the platform sees that it is one; no template to who takes none."""
    if repeat:
        return tuple(c for c in channels if c is Channel.TEMPLATE)
    return channels if templates else tuple(c for c in channels if c is not Channel.TEMPLATE)


def _enter(session: Session, desk: Desk, found: Sorted, now: datetime) -> list[Opened]:
    """The channel of each letter, with what it uses up; what has none joins the others of ``found``."""
    stock, opened = _Stock(session, desk, found.open, now), []
    for worded in found.open:
        one = _channel(desk, worded, stock, now)
        if isinstance(one, Opened):
            desk.allowance.use(one.channel)
            opened.append(one)
        elif one is None:
            found.inbox.append(worded.id)
        else:
            found.later[one].append(worded.id)
    stock.write(session)
    return opened


def _channel(desk: Desk, worded: Worded, stock: "_Stock", now: datetime) -> Opened | datetime | None:
    """A letter with its channel, when to look again, or None where there is no channel left."""
    letter = worded.letter
    for channel in letter.channels:
        if not desk.allowance.may(channel, answer=letter.answer):
            again = desk.allowance.again_at(channel, answer=letter.answer)
            if again is None:
                continue
            return again
        if channel is Channel.TEMPLATE:
            return Opened(worded.id, letter, channel, now)
        entered = stock.window(worded, now) if channel is Channel.CUSTOM else stock.grant(worded, now)
        if entered is not None:
            return entered
    return None


class _Stock:
    """The windows and grants of a group's readers, held; used up here first, and written in the end."""

    def __init__(self, session: Session, desk: Desk, letters: Iterable[Worded], now: datetime) -> None:
        needed = [one for one in letters if not _by_template(desk, one.letter)]
        windows = {one.letter.openid for one in needed if one.window and Channel.CUSTOM in one.letter.channels}
        granted = {one.letter.openid for one in needed if Channel.SUBSCRIBE in one.letter.channels}
        self._windows = followers.hold_windows(session, windows, now)
        self._grants_seen: Mapping[tuple[str, str], int] = grants.left(session, granted)
        seen = {openid for openid, _ in self._grants_seen}
        self._grants: Mapping[tuple[str, str], int] = grants.left(session, seen, hold=True)
        self._used_windows: Counter[str] = Counter()
        self._used_grants: Counter[tuple[str, str]] = Counter()

    def window(self, worded: Worded, now: datetime) -> Opened | datetime | None:
        """A customer-service message, if the reader's window has room for it."""
        openid = worded.letter.openid
        if openid not in self._windows:
            return now + SOON if worded.window else None
        began, left = self._windows[openid]
        if self._used_windows[openid] == left:
            return None
        self._used_windows[openid] += 1
        return Opened(worded.id, worded.letter, Channel.CUSTOM, now, began)

    def grant(self, worded: Worded, now: datetime) -> Opened | datetime | None:
        """A subscription notice, if the reader has given a grant for it."""
        which = worded.letter.openid, worded.letter.grant
        if which not in self._grants:
            return now + SOON if which in self._grants_seen else None
        if self._used_grants[which] == self._grants[which]:
            return None
        self._used_grants[which] += 1
        return Opened(worded.id, worded.letter, Channel.SUBSCRIBE, now)

    def write(self, session: Session) -> None:
        """Write down what was used."""
        followers.use_held_windows(session, self._used_windows)
        grants.use_held(session, self._used_grants)


def _by_template(desk: Desk, letter: Letter) -> bool:
    """Whether a letter certainly needs no window and no grant."""
    return letter.channels[:1] == (Channel.TEMPLATE,) and desk.allowance.free(Channel.TEMPLATE)


def _begun(session: Session, desk: Desk, opened: Sequence[Opened], now: datetime) -> list[Opened]:
    """Those of the letters that could be noted as ``sending``: a notice may have lapsed while it was worded."""
    begun: set[int] = set()
    for channel in {one.channel for one in opened}:
        ids = [one.id for one in opened if one.channel is channel]
        begun |= sendings.begin(session, ids, lease=desk.worker, channel=channel.value, now=now)
    return [one for one in opened if one.id in begun]
