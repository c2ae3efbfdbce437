"""No ✅ forgotten: what was answered with one is there once, as its sender's, in a state that later acts explain.

And the other way round: nothing is there that nobody did.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from tests.simulation.journal import Message
from tests.simulation.world import World
from tests.years.sources import as_moment

# What a line of an answer says, and the passage in a claim's life that it stands for.
PASSAGES = {
    re.compile(r"^#(\d+) 已通过"): "approved",
    re.compile(r"^#(\d+) 已定为不通过"): "rejected",
    re.compile(r"^#(\d+) 已退回"): "returned",
    re.compile(r"^#(\d+) 已转交"): "hand_over",
    re.compile(r"^#(\d+) 已撤回"): "withdraw",
    re.compile(r"^#(\d+) 已补充"): "supplement",
    re.compile(r"^#(\d+) 的审核已撤销"): "undo",
}
FIRST = {
    re.compile(r"^#(\d+) 已提交"): "submit",
    re.compile(r"^Y(\d+) (?:\S+已收到|收到了您的反映)"): "file",
    re.compile(r"^Y(\d+) 已答复"): "answer",
    re.compile(r"^已签到[^\n]*（M(\d+)）"): "check in",
}
# Where the line that was typed tells what a number in the answer stands for.
NAMED = (
    (("请假", "补签"), re.compile(r"（L(\d+)）"), "ask"),
    (("加分", "扣分", "归零"), re.compile(r"\bJ(\d+)"), "enter"),
)
DISCLOSED = re.compile(r"^\d+月积分已提交公示")
# From which states a passage leads where; ``check_…`` and what moves it between deciders change no state.
S, R, A, N, W, L = "submitted", "returned", "approved", "rejected", "withdrawn", "lapsed"
LEADS = {
    "approved": {S: A},
    "rejected": {S: N},
    "returned": {S: R},
    "hand_over": {S: S},
    "move_up": {S: S},
    "undo": {A: S, N: S},
    "withdraw": {S: W, R: W},
    "supplement": {S: S, R: S},
    "lapse": {R: L},
}
Done = Counter[tuple[str, int, datetime]]


def broken(world: World) -> Iterator[str]:
    """Everything that was promised and is not so."""
    by_try = world.journal.by_try()
    names = {row["id"]: row["name"] for row in world.rows("SELECT id, name FROM members")}
    done, doers = _done(world)
    disclosed = {at for verb, _, at in done if verb == "disclose"}
    earlier: dict[str, list[datetime]] = defaultdict(list)  # tries, by who sent them
    for message in world.journal.messages:
        if message.accepted:
            yield from unkept(message, done, disclosed, earlier[message.openid])
        earlier[message.openid] += message.tries
    for (verb, number, at), times in done.items():
        message_ = by_try.get(at)
        who = names.get(doers[verb, number, at], "")
        if message_ is None:
            yield f"{verb} {number} at {at}: nobody did that"
        elif who and message_.who.name != who:
            yield f"{verb} {number} at {at}: done by {who}, said by {message_.who.name}"
        elif not message_.accepted and not message_.torn:
            yield f"{verb} {number} at {at}: {message_.text!r} was answered {message_.seen!r}"
        elif times > 1:
            yield f"{verb} {number} at {at}: {times} times"
    yield from _lives(world)


def _done(world: World) -> tuple[Done, dict[tuple[str, int, datetime], int | None]]:
    """What stands in the tables as done by somebody, with the moment."""
    found: Done = Counter()
    doers: dict[tuple[str, int, datetime], int | None] = {}
    for row in world.rows(
        "SELECT 'submit' AS verb, id, submitted_by_id AS by_id, submitted_at AS at FROM claims "
        "UNION ALL SELECT verb, claim_id, by_id, at FROM claim_steps WHERE by_id IS NOT NULL "
        "UNION ALL SELECT 'file', id, NULL, filed_at FROM opinions "
        "UNION ALL SELECT 'answer', opinion_id, by_id, at FROM opinion_steps WHERE by_id IS NOT NULL "
        "UNION ALL SELECT 'disclose', id, submitted_by_id, submitted_at FROM rounds WHERE submitted_at IS NOT NULL "
        "UNION ALL SELECT 'check in', meeting_id, member_id, checked_in_at FROM invitations "
        "WHERE checked_in_at IS NOT NULL "
        "UNION ALL SELECT 'ask', id, member_id, asked_at FROM requests "
        "UNION ALL SELECT 'enter', id, decided_by_id, at FROM entries WHERE source IN ('branch', 'zeroing')"
    ):
        key = (str(row["verb"]), int(row["id"]), as_moment(row["at"]))
        found[key] += 1
        doers[key] = row["by_id"]
    return found, doers


def unkept(message: Message, done: Done, disclosed: set[datetime], earlier: Sequence[datetime]) -> Iterator[str]:
    """What an answer promised and does not stand; ``earlier`` are the tries of the sender's messages before."""
    for verb, number in _promised(message):
        times = sum(done[verb, number, at] for at in message.tries)
        if verb == "ask" and not times:  # while it waits, asking again is the same request, also where nobody answered
            times = sum(done[verb, number, at] for at in earlier)
        if times != 1:
            yield f"{message.text!r} of {message.who.name} at {message.at}: {verb} {number} is there {times} times"
    if DISCLOSED.match(message.accepted.removeprefix("✅ ")) and disclosed.isdisjoint(message.tries):
        yield f"{message.text!r} of {message.who.name} at {message.at}: no round was submitted then"


def _promised(message: Message) -> Iterator[tuple[str, int]]:
    """What an answer says was done, line by line."""
    lines = message.accepted.removeprefix("✅ ").split("\n")
    for line in lines:
        yield from ((verb, int(found[1])) for pattern, verb in PASSAGES.items() if (found := pattern.match(line)))
    yield from ((verb, int(found[1])) for pattern, verb in FIRST.items() if (found := pattern.match(lines[0])))
    for words, pattern, verb in NAMED:
        if message.text.startswith(words):
            yield from ((verb, int(number)) for number in pattern.findall(lines[0]))


def _lives(world: World) -> Iterator[str]:
    """Each claim is where its steps lead, and every step was possible."""
    steps: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in world.rows("SELECT claim_id, verb FROM claim_steps ORDER BY id"):
        steps[row["claim_id"]].append(row)
    for claim in world.rows("SELECT id, status FROM claims"):
        state: str | None = S
        for step in steps[claim["id"]]:
            if not step["verb"].startswith("check"):
                state = LEADS[step["verb"]].get(str(state))
        if state != claim["status"]:
            yield f"claim {claim['id']} is {claim['status']} after {[step['verb'] for step in steps[claim['id']]]}"
