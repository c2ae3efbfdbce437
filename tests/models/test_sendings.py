"""Notices by the group: nobody waits for a row that somebody else holds (rules 28)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import followers, grants, notices, sendings
from models.followers import Touch
from models.notices import Notice
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.outbox import MINUTE, WORKER, S, one, post


def test_a_group_is_noted_as_being_sent_but_for_what_waits_no_longer(session: Session, cast: Cast):
    subjects = {"1": "claim:12", "2": "claim:12", "3": "claim:13"}
    first, second, settled = (post(session, cast, key, subject=subject) for key, subject in subjects.items())
    found = sendings.due(session, now=NOW, most=9)
    assert [(due.id, due.subject) for due in found] == [(n.id, n.subject) for n in (first, second, settled)]
    notices.settle(session, "claim:13", NOW)
    ids = [notice.id for notice in found]
    assert sendings.begin(session, ids, lease=WORKER, channel="template", now=NOW) == {first.id, second.id}
    sent = {first.id: "m1", second.id: None, settled.id: "m3"}
    assert sendings.sent(session, sent, NOW + MINUTE) <= {settled.id}
    session.expire_all()
    assert [(n.status, n.channel, n.attempts, n.message_id) for n in (first, second)] == [
        (S.SENT, "template", 1, "m1"),
        (S.SENT, "template", 1, None),
    ]
    assert (settled.status, first.sent_at) == (S.LAPSED, NOW + MINUTE)


def test_what_somebody_is_at_is_left_to_a_later_turn(sessions: Sessions, cast: Cast):
    if sessions.engine.dialect.name == "sqlite":
        return  # it has one writer: nobody else is at anything
    with sessions.write() as session:
        held, free = (post(session, cast.of(session), key).id for key in ("held", "free"))
        for openid in ("o-1006", "o-1007"):
            followers.touch(session, openid, Touch.MESSAGE, NOW)
            grants.give(session, openid, "T1")
    with sessions.write() as other, sessions.write() as session:
        other.scalars(select(Notice).where(Notice.id == held).with_for_update()).one()
        followers.touch(other, "o-1006", Touch.CLICK, NOW)
        grants.use(other, "o-1006", "T1")
        assert [notice.id for notice in sendings.due(session, now=NOW, most=9)] == [free]
        assert sendings.sent(session, {held: "m1", free: "m2"}, NOW) == {held}
        openids = ["o-1006", "o-1007"]
        assert followers.hold_windows(session, openids, NOW).keys() == {"o-1007"}
        assert grants.left(session, openids).keys() == {("o-1006", "T1"), ("o-1007", "T1")}
        assert grants.left(session, openids, hold=True).keys() == {("o-1007", "T1")}
    with sessions.read() as session:
        assert [one(session, key).status for key in ("held", "free")] == [S.QUEUED, S.SENT]
