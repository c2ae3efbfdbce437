"""传达: a decision sent down, and who has said 收到."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import notices, relays
from models.notices import Notice
from models.relays import Relay, TooLong
from tests.cast import NOW, Cast


def send(session: Session, cast: Cast, text: str = "周五下午开会") -> tuple[Relay, int]:
    people = [cast.li_si, cast.zhang_san, cast.wang_fang]
    return relays.send(session, text, organization_id=cast.first_group.id, to=people, by=cast.li_si, now=NOW)


def test_a_text_goes_to_everyone_but_its_sender(session: Session, cast: Cast):
    relay, told = send(session, cast)
    assert told == 2
    found = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [(n.member_id, n.kind, n.subject) for n in found] == [
        (cast.zhang_san.id, "relay", relay.subject),
        (cast.wang_fang.id, "relay", relay.subject),
    ]
    assert found[0].facts == {"text": "周五下午开会", "by": "李四"}


def test_who_said_received_and_who_did_not(session: Session, cast: Cast):
    relay, _ = send(session, cast)
    assert relays.readers(session, relay) == ([], [cast.zhang_san, cast.wang_fang])
    notice = session.scalars(select(Notice).where(Notice.member_id == cast.wang_fang.id)).one()
    notices.acknowledge(session, notice, NOW)
    session.flush()
    assert relays.readers(session, relay) == ([cast.wang_fang], [cast.zhang_san])


def test_the_newest_text_of_a_sender(session: Session, cast: Cast):
    assert relays.last_by(session, cast.li_si.id) is None
    _, second = send(session, cast)[0], send(session, cast, "改到周六")[0]
    assert relays.last_by(session, cast.li_si.id) is second
    assert relays.last_by(session, cast.wang_jianjun.id) is None
    assert second.sent_by is cast.li_si


def test_a_decision_is_not_cut_short(session: Session, cast: Cast):
    assert send(session, cast, "长" * 1000)[1] == 2
    with pytest.raises(TooLong, match="一次最多传达1000字，您写了1001字"):
        send(session, cast, "长" * 1001)
