"""Whatever is done to the entries by hand, wherever in the chain, ``verify`` finds it (rules 2).

A branch's ledger of the program's own making; then somebody changes one column of one entry, takes one out, puts
one in, or writes the whole chain anew.
"""

from datetime import date
from itertools import product
from typing import NamedTuple

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models import deciding, verification
from models.ledger import HASHED, Entry, hash_of
from tests.cast import NOW, Cast
from tests.models.by_hand import ByHand, found, rehash
from tests.models.desk import TODAY, Desk

FIRST, MIDDLE, LAST = 0, 3, -1
PLACES = {"first": FIRST, "middle": MIDDLE, "last": LAST}
AT_EACH_PLACE = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
# Of each column another value that the column could as well hold, and one that it could not.
OTHERS: dict[str, tuple[object, ...]] = {
    "branch_id": ("second_branch",),
    "sequence": (99, 0, -1),
    "member_id": ("chen_jing",),
    "booked_month": ("2026-10", "2027-01", "nowhere"),
    "about_month": ("2026-10", "xx"),
    "day": ("2026-11-18", None),
    "item_code": ("志愿-03", None, ""),
    "rulebook_id": (None,),
    "points": (1, 1000, -300, 0),
    "source": ("report", "opening", "reversal"),
    "cause": ("claim:77:1", "", "x"),
    "reverses_id": ("another",),
    "decided_by_id": (None, "wang_fang"),
    "reason": ("x", " "),
    "at": ("2026-11-20 02:00:01.000000", "2026-11-20 01:59:59.999999"),
}


class Link(NamedTuple):
    """What is remembered of an entry, whatever becomes of it."""

    id: int
    sequence: int
    hash: str
    day: date


@pytest.fixture
def chain(desk: Desk) -> list[Link]:
    """Seven entries of a branch, an undone approval and its reversal among them."""
    first = desk.claim("服务-01", "2")
    desk.approve(first)
    desk.undo(first, now=NOW)
    desk.approve(first)
    for code, whose in (("服务-02", "wang_fang"), ("服务-03", "zhang_san"), ("学习-01", "liu_qiang")):
        desk.credit(code, of=getattr(desk.cast, whose))
    desk.credit("纪律-01")
    assert found(desk.session) == []
    entries = desk.session.scalars(select(Entry).order_by(Entry.sequence))
    return [Link(entry.id, entry.sequence, entry.hash, entry.day or TODAY) for entry in entries]


def test_every_hashed_column_is_tried():
    assert tuple(OTHERS) == HASHED


def _loosen(session: Session) -> None:
    """What else than triggers would stand in the way: the database's own checks and foreign keys."""
    session.flush()
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA ignore_check_constraints = ON"))
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        return
    kinds = "SELECT conname FROM pg_constraint WHERE conrelid = 'entries'::regclass AND contype IN ('c', 'f')"
    for name in session.scalars(text(kinds)).all():
        session.execute(text(f'ALTER TABLE entries DROP CONSTRAINT "{name}"'))


def _meant(desk: Desk, value: object) -> object:
    if value == "another":
        return desk.session.scalars(select(Entry.id).order_by(Entry.sequence)).all()[4]
    person = getattr(desk.cast, str(value), None)
    return person.id if person is not None else value


@pytest.mark.sqlite_only  # the replay reads rows of either database with the same types; test_verify.py tries both
@pytest.mark.parametrize("column", OTHERS)
def test_a_changed_column_is_found(desk: Desk, chain: list[Link], column: str):
    """Whatever value it was changed to, and wherever in the chain."""
    by_hand = ByHand(desk.session)
    for value, place in product(OTHERS[column], PLACES.values()):
        entry = chain[place]
        with desk.session.begin_nested() as only_once:
            _loosen(desk.session)
            by_hand(f"UPDATE entries SET {column} = :value WHERE id = :id", value=_meant(desk, value), id=entry.id)
            said = found(desk.session)
            assert any(f"J{entry.id}" in line for line in said), (value, place, said)
            only_once.rollback()
    assert found(desk.session) == []


@AT_EACH_PLACE
@pytest.mark.parametrize("column", ["previous", "hash"])
def test_a_changed_link_is_found(desk: Desk, chain: list[Link], column: str, place: int):
    by_hand = ByHand(desk.session)
    by_hand(f"UPDATE entries SET {column} = :value WHERE id = :id", value="f" * 64, id=chain[place].id)
    assert f"第一支部 第{chain[place].sequence}条（J{chain[place].id}）：内容与哈希不符，写入后被改过" in found(
        desk.session
    )


@AT_EACH_PLACE
def test_an_entry_that_is_gone_is_found(desk: Desk, chain: list[Link], place: int):
    gone = chain[place]
    by_hand = ByHand(desk.session)
    _loosen(desk.session)
    by_hand("DELETE FROM entries WHERE id = :id", id=gone.id)
    said = found(desk.session)
    whole = len(chain)
    short, gap = f"第一支部：账本记到第{whole}条，明细到第{whole - 1}条", f"第一支部：缺第{gone.sequence}条"
    assert (short if place == LAST else gap) in said


@AT_EACH_PLACE
def test_an_entry_that_was_put_between_others_is_found(desk: Desk, chain: list[Link], place: int):
    """The others move up by one to make room, and the book counts it."""
    by_hand = ByHand(desk.session)
    after = chain[place]
    for entry in reversed(chain):
        if entry.sequence > after.sequence:
            by_hand("UPDATE entries SET sequence = sequence + 1 WHERE id = :id", id=entry.id)
    columns = [c.name for c in Entry.__table__.columns if c.name not in {"id", "sequence", "cause", "reverses_id"}]
    names = ", ".join(columns)
    by_hand(
        f"INSERT INTO entries (id, sequence, cause, {names}) SELECT 99, sequence + 1, 'record:9', {names} "
        "FROM entries WHERE id = :id",
        id=after.id,
    )
    by_hand("UPDATE books SET sequence = sequence + 1")
    assert any("（J99）：内容与哈希不符" in line for line in found(desk.session))


@AT_EACH_PLACE
def test_two_entries_that_changed_places_are_found(desk: Desk, chain: list[Link], place: int):
    one, other = chain[place], chain[1]
    by_hand = ByHand(desk.session)
    for id, sequence in ((one.id, -1), (other.id, one.sequence), (one.id, other.sequence)):
        by_hand("UPDATE entries SET sequence = :sequence WHERE id = :id", sequence=sequence, id=id)
    said = found(desk.session)
    assert any(f"J{one.id}" in line for line in said) and any(f"J{other.id}" in line for line in said)


@AT_EACH_PLACE
def test_a_chain_written_anew_from_an_entry_on_is_found_by_every_head_printed_since(
    desk: Desk, chain: list[Link], place: int
):
    """Only what was printed before the changed entry still holds."""
    printed = [f"{entry.sequence}:{entry.hash}" for entry in chain]
    by_hand = ByHand(desk.session)
    by_hand("UPDATE entries SET reason = 'x' WHERE id = :id", id=chain[place].id)
    rehash(desk.session, by_hand, desk.cast.first_branch.id)
    assert found(desk.session) == []
    changed = chain[place].sequence
    for sequence, head in enumerate(printed, start=1):
        assert len(found(desk.session, head)) == (sequence >= changed), head


def test_a_chain_of_another_history_is_found_by_its_last_head(desk: Desk, cast: Cast, chain: list[Link]):
    """Everything is gone and something else was written, with every hash and the book put right."""
    ((_, head),) = verification.heads(desk.session)
    by_hand = ByHand(desk.session)
    _loosen(desk.session)
    by_hand("DELETE FROM entries")
    by_hand("DELETE FROM claim_steps")
    by_hand("DELETE FROM claims")
    by_hand("UPDATE books SET sequence = 0, head = :head", head="0" * 64)
    for number in range(len(chain)):
        desk.credit("服务-03", of=(desk.cast.zhang_san, desk.cast.wang_fang)[number % 2])
    assert verification.heads(desk.session)[0].head.sequence == head.sequence
    assert found(desk.session) == []
    assert len(found(desk.session, str(head))) == 1


@AT_EACH_PLACE
def test_an_entry_whose_own_hash_was_put_right_is_found_by_its_neighbour_or_the_book(
    desk: Desk, chain: list[Link], place: int
):
    by_hand = ByHand(desk.session)
    id = chain[place].id
    by_hand("UPDATE entries SET points = points + 100 WHERE id = :id", id=id)
    hash = hash_of(desk.session.get_one(Entry, id))
    by_hand("UPDATE entries SET hash = :hash WHERE id = :id", hash=hash, id=id)
    said = found(desk.session)
    if place == LAST:
        assert "第一支部：账本的链头与最后一条（第7条）不符" in said
    else:
        assert any("与前一条接不上" in line for line in said)


def test_undoing_is_what_the_chain_is_for(desk: Desk, chain: list[Link]):
    """The same deed taken back by the program's own verbs leaves nothing to find."""
    deciding.undo(desk.session, 2, by=desk.cast.li_si, now=NOW)
    assert found(desk.session) == []
