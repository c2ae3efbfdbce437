"""What must be so after the trouble: nothing answered with ✅ is lost, nothing is doubled, nothing was skipped."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select

from bot.program import Program
from jobs.schedule import TABLE
from models.claims import Claim, ClaimStatus
from models.ledger import Entry
from models.notices import Notice, NoticeStatus
from tests.e2e.worlds import World
from tests.faults.crowd import Crowd, Heard, Told, Word
from tests.faults.units import Unit

SETTLES_WITHIN = 180.0  # seconds: a lease of a minute, and the tries after it
SLOWEST = 4.0  # seconds for an answer (contract)
ON_ITS_WAY = (NoticeStatus.QUEUED, NoticeStatus.TAKEN, NoticeStatus.SENDING)
ACCEPTED = (NoticeStatus.SENT, NoticeStatus.DELIVERED)
NETWORK = ("notices", "pictures")


def settled(world: World, *, month_end: bool) -> Iterator[str]:
    """Wait until everybody has heard of month end, where it was due, and no notice is on its way; what still is."""
    ends, left = time.monotonic() + SETTLES_WITHIN, [""]
    while left and time.monotonic() < ends:
        time.sleep(0.5)
        if month_end and (left := [*_of_month_end(world)]):
            continue
        due = Notice.status.in_(ON_ITS_WAY) & (Notice.next_try <= world.clock())
        with world.database.sessions.read() as session:
            left = [
                f"{key}, {status}, since {since}"
                for key, status, since in session.execute(select(Notice.key, Notice.status, Notice.next_try).where(due))
            ]
    return (f"still on its way: {one}" for one in left)


def problems(world: World, crowd: Crowd, webs: Sequence[Unit]) -> list[str]:
    """Everything that is not as it must be, once all is quiet."""
    with world.database.sessions.read() as session:
        claims = session.scalars(select(Claim)).all()
        entries = session.scalars(select(Entry)).all()
        notices = session.scalars(select(Notice)).all()
    return [
        *_of_claims(crowd.claims, claims),
        *_of_decisions(crowd.approved, claims, entries),
        *(f"a repeat was answered otherwise: {pair}" for pair in crowd.unequal),
        *_of_notices(world, notices),
        *_of_answers(crowd.heard, webs),
        *_of_ledger(world),
    ]


def _of_claims(told: Iterable[Told], claims: Iterable[Claim]) -> Iterator[str]:
    by_note = defaultdict(list)
    for claim in claims:
        by_note[claim.note].append(claim.id)
    for one in told:
        found = by_note.pop(one.note, [])
        if len(found) > 1:
            yield f"{one.note}: counted {len(found)} times, as {found}, told {one.word}"
        elif one.word is Word.DONE and found != [one.number]:
            yield f"{one.note}: answered with ✅ #{one.number}, found {found or 'nothing'}"
        elif one.word is Word.REFUSED and found and not one.perhaps:
            yield f"{one.note}: refused, but #{found[0]} is there"
    yield from (f"nobody wrote {note}: {found}" for note, found in by_note.items())


def _of_decisions(approved: dict[int, Word], claims: Iterable[Claim], entries: Sequence[Entry]) -> Iterator[str]:
    causes = Counter(entry.cause for entry in entries)
    yield from (f"{cause} has {times} entries" for cause, times in causes.items() if times > 1)
    credited = {claim.id for claim in claims if claim.status is ClaimStatus.APPROVED}
    for number, word in approved.items():
        if word is Word.DONE and not (number in credited and causes[f"claim:{number}:1"]):
            yield f"#{number} was answered with ✅ 已通过, and is not approved"
    if {f"claim:{number}:1" for number in credited} != set(causes):
        yield f"{len(credited)} claims approved, {len(causes)} entries"


def _of_notices(world: World, notices: Sequence[Notice]) -> Iterator[str]:
    """Each was accepted by the platform, waits in the inbox, or its subject is settled; none came twice by a channel
    on which the platform sees no repeats."""
    custom = [n for n in notices if n.channel == "custom"]
    sure = sum(n.status in ACCEPTED for n in custom)
    perhaps = sum(n.maybe_received for n in notices)
    platform = world.stand_in.platform
    bubbles = [b for user in platform.users() for b in platform.store.chat(user.openid, limit=10**6)]
    came = [(b.openid, str(b.body.get("text") or b.body.get("head"))) for b in bubbles if b.kind in ("text", "menu")]
    if not sure <= len(came) <= sure + perhaps:
        yield f"{sure} customer-service messages sent, {perhaps} perhaps; {len(came)} came"
    for (openid, text), times in Counter(came).items():
        if times > 1 and "#" in text:
            yield f"{openid} got {times} times: {text!r}"
    cards = sum(b.kind == "template" for b in bubbles)
    templates = sum(n.status in ACCEPTED and n.channel == "template" for n in notices)
    if not templates <= cards <= templates + perhaps:
        yield f"{templates} template messages sent, {perhaps} perhaps; {cards} came"


def _of_month_end(world: World) -> Iterator[str]:
    """It came while the database was away: everybody heard of it, once."""
    with world.database.sessions.read() as session:
        told = Counter(session.scalars(select(Notice.member_id).where(Notice.kind == "month_end")))
    if not told:
        yield "nobody heard of month end"
    yield from (f"member {member} heard of month end {times} times" for member, times in told.items() if times > 1)


def _of_answers(heard: Iterable[Heard], webs: Sequence[Unit]) -> Iterator[str]:
    """Every answer within 4 s, but of a process that stood still."""
    paused = {web.port: web.paused for web in webs}
    for one in heard:
        stood = any(began - 5 < one.at + one.seconds and one.at < ended + 1 for began, ended in paused[one.port])
        if one.status == 200 and one.seconds > SLOWEST and not stood:
            yield f"an answer took {one.seconds:.1f} s: {one.text!r}"
        if one.status not in (200, 503):
            yield f"HTTP {one.status} after {one.seconds:.1f} s"


def _of_ledger(world: World) -> Iterator[str]:
    code, said = world.run("verify")
    if code:
        yield f"verify: {said}"


def skipped(world: World) -> list[str]:
    """Jobs that find something to do though the workers have had all the time: with those at rest."""
    program = Program(world.config, world.clock)
    jobs = program.world()
    found = {job.name: job.run(jobs, world.clock()) for job in TABLE if job.name not in NETWORK}
    program.engine.dispose()
    return [f"the job {name} was skipped: {times} things were due" for name, times in found.items() if times]
