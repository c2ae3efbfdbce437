"""What a refusal teaches beyond its notice: of the reader, of a window or grant, of the channel (rules 28)."""

from datetime import date, datetime

import pytest

from jobs import notices as job
from jobs.allowances import Allowance
from jobs.attempts import Desk, Opened, close
from jobs.flights import IN_THE_AIR
from jobs.letters import Channel, Outcome, Sent
from jobs.opening import open_group
from models import fates, followers, quotas
from models.followers import Follower, Touch
from models.grants import Grant
from models.months import at
from models.notices import Notice
from models.quotas import Limit
from tests.cast import NOW
from tests.jobs.outside import (
    CLOSED,
    CUSTOM,
    LATER,
    MINUTE,
    REFUSED,
    SECOND,
    SENT,
    SUBSCRIBE,
    TEMPLATE,
    UNKNOWN,
    Outbox,
    OutsideWorld,
    S,
)

MIDNIGHT = at(date(2026, 11, 21))
DAY = 24 * 60 * MINUTE
PERSON, NO_GRANT = Sent(Outcome.NOT_THIS_PERSON, code=43004), Sent(Outcome.NO_GRANT, code=43101)
EXHAUSTED, NOT_ALLOWED = Sent(Outcome.EXHAUSTED, code=45009), Sent(Outcome.NOT_ALLOWED, code=48001)
WRONG_TEMPLATE = Sent(Outcome.WRONG_TEMPLATE, code=40037)
SLOWER, NOT_NOW = Sent(Outcome.SLOWER, wait=MINUTE, code=45011), Sent(Outcome.NOT_NOW, wait=10 * MINUTE, code=43117)


def left(outbox: Outbox) -> tuple[int, int]:
    """What remains of the member's window and grants."""
    outbox.session.expire_all()
    grant = outbox.session.get(Grant, ("o-1006", "T1"))
    return outbox.session.get_one(Follower, "o-1006").window_left, grant.remaining if grant else 0


def tried(outbox: Outbox, answer: Sent, channels: tuple[Channel, ...], key: str = "k", now: datetime = NOW) -> Notice:
    """A notice that was refused once on the first of these channels."""
    notice = outbox.post(key, due=now)
    outbox.deliver(OutsideWorld(answer, channels=channels), now)
    return notice


def test_every_certain_refusal_goes_on_or_is_tried_again_and_is_none_of_what_may_have_arrived(outbox: Outbox):
    outbox.grant()
    for outcome in set(Outcome) - {Outcome.SENT, Outcome.UNKNOWN}:
        outbox.open_window()
        notice = tried(outbox, Sent(outcome), (CUSTOM,), key=outcome)
        assert (notice.status in (S.INBOX, S.QUEUED), notice.maybe_received) == (True, False), outcome
        outbox.session.query(quotas.Quota).delete()


def test_a_late_refusal_moves_nothing_that_the_same_worker_has_begun_anew(outbox: Outbox):
    """make simulate SEED=9704: stopped for two minutes, taken over, begun anew, and then the first call was refused."""
    notice, moment = outbox.post("k"), NOW
    outbox.open_window()
    world = OutsideWorld(channels=(TEMPLATE, CUSTOM))
    desk = Desk(outbox.sessions, world, "w1", lambda: moment, Allowance({}))

    def opened() -> Opened:
        with outbox.sessions.write() as session:
            desk.allowance.reserve(session, moment)
        with outbox.sessions.write() as session:
            return open_group(session, desk, 1)[0][0]

    first = opened()
    moment += 2 * MINUTE
    assert job.recover(outbox.sessions, now=moment) == 1
    moment += 5 * SECOND
    second = opened()
    for one, sent, goes_on in ((first, NO_GRANT, False), (second, PERSON, True)):
        with outbox.sessions.write() as session:
            assert close(session, desk, one, sent) is goes_on
    outbox.session.expire_all()
    assert (notice.status, notice.channel, notice.maybe_received) == (S.TAKEN, TEMPLATE.value, True)


# The reader


def test_who_takes_no_messages_is_sent_no_template_for_a_day_or_until_they_do_something(outbox: Outbox):
    tried(outbox, PERSON, (TEMPLATE,))
    world = OutsideWorld()
    outbox.post("rests", due=NOW + DAY - SECOND)
    assert (outbox.deliver(world, NOW + DAY - SECOND), world.calls) == (0, [])
    outbox.post("a day later", due=NOW + DAY)
    assert outbox.deliver(world, NOW + DAY) == 1
    tried(outbox, PERSON, (TEMPLATE,), "again", NOW + DAY)
    followers.touch(outbox.session, "o-1006", Touch.CLICK, NOW + DAY)
    outbox.post("touched", due=NOW + DAY)
    assert outbox.deliver(world, NOW + DAY) == 1


def test_who_was_written_to_too_often_gets_it_another_way_or_later(outbox: Outbox):
    outbox.open_window()
    notice = outbox.post()
    assert outbox.deliver(OutsideWorld(NOT_NOW, SENT, channels=(TEMPLATE, CUSTOM))) == 1
    assert notice.channel == "custom"
    later = tried(outbox, NOT_NOW, (TEMPLATE,), "later")
    assert (later.status, later.next_try, later.attempts) == (S.QUEUED, NOW + 10 * MINUTE, 1)
    assert outbox.deliver(OutsideWorld(), later.next_try) == 1
    never, world = outbox.post("never"), OutsideWorld(*[NOT_NOW] * 9)
    while never.status is not S.INBOX:
        outbox.deliver(world, never.next_try)
    assert len(world.calls) == 6


# Windows and grants


def test_a_subscription_notice_needs_a_grant_and_uses_one(outbox: Outbox):
    outbox.grant()
    world = OutsideWorld(channels=(SUBSCRIBE, TEMPLATE))
    for key in ("1", "2"):
        outbox.post(key)
    assert outbox.deliver(world) == 2
    assert sorted(channel for channel, _ in world.calls) == [SUBSCRIBE, TEMPLATE]
    assert left(outbox)[1] == 0


@pytest.mark.parametrize(
    ("answer", "window", "grants"),
    [(REFUSED, 5, 2), (LATER, 5, 2), (SLOWER, 5, 2), (UNKNOWN, 4, 1), (SENT, 4, 1), (CLOSED, 0, 2), (NO_GRANT, 5, 0)],
    ids=lambda value: str(getattr(value, "outcome", value)),
)
def test_what_was_certainly_not_sent_uses_up_nothing(outbox: Outbox, answer: Sent, window: int, grants: int):
    for _ in range(2):
        outbox.grant()
    outbox.open_window()
    tried(outbox, answer, (CUSTOM,))
    tried(outbox, answer, (SUBSCRIBE,), "granted")
    if answer is CLOSED:  # the answer of a customer-service message alone
        grants = 2
    assert left(outbox) == (window, grants)


def test_five_failures_of_a_customer_service_message_do_not_use_up_its_window(outbox: Outbox):
    outbox.open_window()
    notice, world = outbox.post(), OutsideWorld(*[LATER] * 5, channels=(CUSTOM,))
    now = NOW
    while not outbox.deliver(world, now):
        assert notice.status is S.QUEUED
        now = notice.next_try
    assert left(outbox)[0] == 4


# The channel


def test_the_days_quota_stops_a_channel_until_midnight_in_china(outbox: Outbox):
    assert tried(outbox, EXHAUSTED, (TEMPLATE,)).status is S.INBOX
    world = OutsideWorld()
    for now, key in ((MIDNIGHT - MINUTE, "before"), (MIDNIGHT, "after")):
        outbox.post(key, due=now)
        outbox.deliver(world, now)
    assert world.calls == [(TEMPLATE, "after")]


def test_the_minutes_quota_lets_all_wait_and_counts_as_a_try_of_one(outbox: Outbox):
    first, second = outbox.post("1"), outbox.post("2", due=NOW + SECOND)
    outbox.deliver(OutsideWorld(SLOWER))
    world = OutsideWorld()
    assert outbox.deliver(world, NOW + SECOND) == 0
    assert [(n.status, n.next_try, n.attempts) for n in (first, second)] == [
        (S.QUEUED, NOW + MINUTE, 1),
        (S.QUEUED, NOW + MINUTE, 0),
    ]
    assert outbox.deliver(world, NOW + MINUTE) == 2


def test_after_a_stop_no_other_is_tried_not_even_what_was_opened_already(outbox: Outbox):
    for number in range(IN_THE_AIR + 20):
        outbox.post(str(number))
    world = OutsideWorld(*[EXHAUSTED] * 99)
    outbox.deliver(world)
    assert 0 < len(world.calls) <= IN_THE_AIR  # those whose calls were open already
    assert {n.status for n in outbox.session.query(Notice)} == {S.INBOX}


@pytest.mark.parametrize(("answer", "calls"), [(NOT_ALLOWED, 2), (WRONG_TEMPLATE, 3)], ids=["account", "template"])
def test_what_is_wrong_with_the_account_is_shown_and_one_more_is_tried_a_minute_later(
    outbox: Outbox, answer: Sent, calls: int
):
    world = OutsideWorld(*[answer] * 3)
    for seconds in (0, 30, 60):
        outbox.post(str(seconds), due=NOW + seconds * SECOND)
        outbox.deliver(world, NOW + seconds * SECOND)
    assert len(world.calls) == calls
    (quota,) = [q for q in quotas.found(outbox.session) if q.channel == "template"]
    assert (quota.code, quota.refused_at) == (answer.code, NOW + MINUTE)


def test_of_a_short_quota_what_needs_an_answer_has_the_last(outbox: Outbox):
    limits = {TEMPLATE: Limit(per_day=10)}
    for number in range(20):
        outbox.post(str(number), kind="relay")
    world = OutsideWorld()
    outbox.deliver(world, limits=limits)
    assert len(world.calls) == 9
    informs, asks = outbox.post("informs", kind="relay"), outbox.post("asks", kind="claim_waiting")
    outbox.deliver(world, limits=limits)
    assert (informs.status, asks.status) == (S.INBOX, S.SENT)
    assert outbox.deliver(world, limits=limits) == 0


def test_more_than_a_minute_allows_waits_for_the_next_minute(outbox: Outbox):
    for number in range(5):
        outbox.post(str(number))
    world, limits = OutsideWorld(), {TEMPLATE: Limit(per_minute=2)}
    assert [outbox.deliver(world, NOW + n * MINUTE, limits=limits) for n in range(3)] == [2, 2, 1]


def test_when_day_and_minute_are_both_short_what_only_informs_does_not_wait_for_the_next_minute(outbox: Outbox):
    limits = {TEMPLATE: Limit(per_day=10, per_minute=9)}
    informs = [outbox.post(str(number), kind="relay") for number in range(10)]
    asks = [outbox.post(f"asks {number}", kind="claim_waiting") for number in range(2)]
    outbox.deliver(OutsideWorld(), limits=limits)
    assert [n.status for n in asks] == [S.SENT] * 2
    outbox.deliver(OutsideWorld(), NOW + MINUTE, limits=limits)
    assert {n.status for n in informs} == {S.SENT, S.INBOX}


def test_what_was_reserved_and_not_called_is_given_back(outbox: Outbox):
    outbox.post("sent")
    outbox.post("nobody", to=outbox.cast.liu_defu)
    outbox.deliver(OutsideWorld())
    used = {quota.channel: quota.used for quota in quotas.found(outbox.session)}
    assert used == {"template": 1, "subscribe": 0, "custom": 0}


# What the platform says afterwards


def test_an_event_during_the_call_closes_the_notice_with_the_batch(outbox: Outbox):
    notice, world = outbox.post(), OutsideWorld(SENT)

    def tell() -> None:
        with outbox.sessions.write() as session:
            fates.told(session, "m1", arrived=True, now=NOW)

    world.during = tell
    assert outbox.deliver(world) == 1
    assert notice.status is S.DELIVERED
