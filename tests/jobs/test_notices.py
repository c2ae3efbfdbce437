"""Delivery: channels in order, back-off, what is unknown, what is settled, what nobody can be told (rules 28)."""

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from jobs import notices as job
from jobs.flights import IN_THE_AIR
from jobs.letters import Channel, Letter, Outcome, Sent
from models import deliveries, followers, notices, settings
from models.deliveries import BACK_OFF
from models.followers import Follower, Touch
from models.months import at
from models.notices import Notice, Posted
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.jobs.outside import (
    CLOSED,
    CUSTOM,
    HOUR,
    LATER,
    MINUTE,
    REFUSED,
    SECOND,
    SENT,
    SUBSCRIBE,
    TEMPLATE,
    UNKNOWN,
    Died,
    Outbox,
    OutsideWorld,
    S,
)
from tests.models.desk import Desk, together

FIRST = timedelta(seconds=BACK_OFF[0])


# What goes well


def test_what_is_due_is_sent_once(outbox: Outbox):
    notice, world = outbox.post(), OutsideWorld(SENT)
    assert outbox.deliver(world) == 1
    assert (notice.status, notice.channel, notice.attempts) == (S.SENT, "template", 1)
    assert (notice.message_id, notice.sent_at) == ("m1", NOW)
    assert outbox.deliver(world, NOW + HOUR) == 0
    assert world.calls == [(TEMPLATE, "k")]


def test_what_is_not_due_waits(outbox: Outbox):
    notice, world = outbox.post(due=NOW + SECOND), OutsideWorld()
    assert outbox.deliver(world) == 0
    assert outbox.deliver(world, NOW + SECOND) == 1
    assert notice.sent_at == NOW + SECOND


def test_many_are_sent_at_once_and_not_more_than_a_batch(outbox: Outbox):
    for number in range(30):
        outbox.post(str(number))
    world = OutsideWorld()
    assert asyncio.run(job.deliver(outbox.sessions, world, worker="w1", now=NOW, most=20)) == 20
    assert outbox.deliver(world) == 10
    assert sorted(key for _, key in world.calls) == sorted(str(n) for n in range(30))


def test_not_more_calls_than_the_platform_should_bear_are_open_at_once(outbox: Outbox):
    for number in range(4 * IN_THE_AIR):  # with a few at first there are soon as many as may be
        outbox.post(str(number))
    world = Crowd()
    assert outbox.deliver(world) == 4 * IN_THE_AIR
    assert world.most == IN_THE_AIR


class Crowd(OutsideWorld):
    """Counts the calls that are open at one moment."""

    open, most = 0, 0

    async def send(self, channel: Channel, letter: Letter) -> Sent:
        self.open += 1
        self.most = max(self.most, self.open)
        for _ in range(50):
            await asyncio.sleep(0)
        self.open -= 1
        return SENT


def test_sending_is_committed_before_the_call(sessions: Sessions, cast: Cast):
    """Another process sees channel and attempt while the platform is being called."""
    with sessions.write() as session:
        notices.post(session, cast.zhang_san.id, "claim_approved", key="k", now=NOW)
    seen = []

    def look() -> None:
        with sessions.read() as session:
            notice = session.query(Notice).one()
            seen.append((notice.status, notice.channel, notice.attempts))

    world = OutsideWorld()
    world.during = look
    assert asyncio.run(job.deliver(sessions, world, worker="w1", now=NOW)) == 1
    assert seen == [(S.SENDING, "template", 1)]


def test_nothing_is_locked_while_the_platform_is_called(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        notices.post(session, cast.zhang_san.id, "claim_approved", key="k", now=NOW)

    def write() -> None:
        with sessions.write() as session:
            notices.post(session, cast.wang_fang.id, "claim_approved", key="another", now=NOW)

    world = OutsideWorld()
    world.during = write
    assert asyncio.run(job.deliver(sessions, world, worker="w1", now=NOW)) == 1


# Nobody to tell, nothing to say


@pytest.mark.parametrize("how", ["unbound", "unfollowed"])
def test_who_cannot_be_reached_finds_it_in_the_inbox(outbox: Outbox, how: str):
    member = outbox.cast.liu_defu if how == "unbound" else outbox.cast.zhang_san
    if how == "unfollowed":
        followers.unfollow(outbox.session, Cast.openid(member), NOW)
    notice, world = outbox.post(to=member), OutsideWorld()
    assert outbox.deliver(world) == 0
    assert (notice.status, notice.maybe_received, world.calls) == (S.INBOX, False, [])


def test_a_wechat_that_is_nobodys_is_told_directly(outbox: Outbox):
    notices.post_to_openid(outbox.session, "o-1", "rebound", key="k", now=NOW)
    assert outbox.deliver(OutsideWorld()) == 1


def test_a_wechat_that_was_erased_is_told_nothing(outbox: Outbox):
    notices.post_to_openid(outbox.session, "o-1", "rebound", key="k", now=NOW)
    outbox.one().openid = None
    world = OutsideWorld()
    assert outbox.deliver(world) == 0
    assert (outbox.one().status, world.calls) == (S.INBOX, [])


def test_unfollowing_stops_what_goes_to_a_wechat_that_is_nobodys(outbox: Outbox):
    followers.touch(outbox.session, "o-1", Touch.MESSAGE, NOW)
    notices.post_to_openid(outbox.session, "o-1", "rebound", key="k", now=NOW)
    followers.unfollow(outbox.session, "o-1", NOW)
    world = OutsideWorld()
    assert outbox.deliver(world) == 0
    assert (outbox.one().status, world.calls) == (S.INBOX, [])


def test_what_has_nothing_to_say_any_more_lapses(outbox: Outbox):
    notice, world = outbox.post(), OutsideWorld()
    world.silent = {"claim_approved"}
    assert outbox.deliver(world) == 0
    assert (notice.status, world.calls) == (S.LAPSED, [])


def test_what_was_settled_before_its_turn_is_not_sent(outbox: Outbox):
    notice, world = outbox.post(), OutsideWorld()
    notices.settle(outbox.session, "claim:12", NOW)
    assert outbox.deliver(world) == 0
    assert (notice.status, world.calls) == (S.LAPSED, [])


def test_what_is_settled_while_it_is_worded_is_not_sent(outbox: Outbox):
    class Settling(OutsideWorld):
        def prepare(self, session: Session, notice: Posted, openid: str, now: datetime) -> Letter | None:
            notices.settle(session, "claim:12", now)
            return super().prepare(session, notice, openid, now)

    notice, world = outbox.post(), Settling()
    assert outbox.deliver(world) == 0
    assert (outbox.one().status, world.calls) == (S.LAPSED, [])
    assert notice.attempts == 0


# Channels


def test_channels_are_tried_in_the_order_of_the_letter(outbox: Outbox):
    outbox.open_window()
    outbox.grant()
    notice, world = outbox.post(), OutsideWorld(REFUSED, REFUSED, SENT, channels=(SUBSCRIBE, TEMPLATE, CUSTOM))
    assert outbox.deliver(world) == 1
    assert [channel for channel, _ in world.calls] == [SUBSCRIBE, TEMPLATE, CUSTOM]
    assert (notice.status, notice.channel) == (S.SENT, "custom")


def test_a_certain_refusal_is_no_failed_try(outbox: Outbox):
    """Or the first retry would come later than within 5 seconds, and the tries would be used up too early."""
    outbox.open_window()
    notice, world = outbox.post(), OutsideWorld(REFUSED, LATER, channels=(CUSTOM, TEMPLATE))
    outbox.deliver(world)
    assert (notice.status, notice.attempts, notice.next_try) == (S.QUEUED, 1, NOW + FIRST)


def test_when_no_channel_takes_it_it_waits_in_the_inbox(outbox: Outbox):
    outbox.grant()
    notice, world = outbox.post(), OutsideWorld(REFUSED, REFUSED, channels=(TEMPLATE, SUBSCRIBE))
    assert outbox.deliver(world) == 0
    assert (notice.status, notice.maybe_received) == (S.INBOX, False)
    assert len(world.calls) == 2


def test_without_any_channel_it_waits_in_the_inbox(outbox: Outbox):
    notice = outbox.post()
    assert outbox.deliver(OutsideWorld(channels=())) == 0
    assert notice.status is S.INBOX


def test_a_customer_service_message_needs_an_open_window(outbox: Outbox):
    world = OutsideWorld(channels=(CUSTOM, TEMPLATE))
    outbox.post("closed")
    outbox.deliver(world)
    outbox.open_window()
    outbox.post("open")
    outbox.deliver(world)
    assert world.calls == [(TEMPLATE, "closed"), (CUSTOM, "open")]


def test_each_customer_service_message_uses_the_window(outbox: Outbox):
    outbox.open_window()
    for number in range(7):
        outbox.post(str(number))
    world = OutsideWorld(channels=(CUSTOM, TEMPLATE))
    assert outbox.deliver(world) == 7
    assert Counter(channel for channel, _ in world.calls) == {CUSTOM: 5, TEMPLATE: 2}


def test_a_window_the_platform_calls_closed_is_closed_for_the_others_too(outbox: Outbox):
    outbox.open_window()
    world = OutsideWorld(CLOSED, channels=(CUSTOM, TEMPLATE))
    outbox.post("1")
    outbox.deliver(world)
    outbox.post("2")
    outbox.deliver(world)
    assert world.calls == [(CUSTOM, "1"), (TEMPLATE, "1"), (TEMPLATE, "2")]
    assert outbox.session.get_one(Follower, "o-1006").window_left == 0


def test_only_a_customer_service_message_and_no_window_waits_in_the_inbox(outbox: Outbox):
    notice, world = outbox.post(), OutsideWorld(channels=(CUSTOM,))
    assert outbox.deliver(world) == 0
    assert (notice.status, world.calls) == (S.INBOX, [])


# Trying again


def test_five_failures_in_a_row_still_arrive_within_four_minutes(outbox: Outbox):
    notice, world = outbox.post(), OutsideWorld(*[LATER] * 5)
    now, waits = NOW, []
    while not outbox.deliver(world, now):
        assert notice.status is S.QUEUED
        waits.append(notice.next_try - now)
        now = notice.next_try
    assert waits[0] <= 5 * SECOND
    assert now - NOW <= 4 * MINUTE
    assert (notice.status, notice.attempts) == (S.SENT, 6)


def test_six_failures_end_in_the_inbox(outbox: Outbox):
    notice, world = outbox.post(), OutsideWorld(*[LATER] * 6)
    for _ in range(6):
        outbox.deliver(world, notice.next_try)
    assert (notice.status, notice.maybe_received) == (S.INBOX, False)


def test_the_platform_says_how_long_to_wait(outbox: Outbox):
    """45011: too often."""
    notice = outbox.post()
    outbox.deliver(OutsideWorld(Sent(Outcome.LATER, wait=MINUTE)))
    assert notice.next_try == NOW + MINUTE


# What is unknown


def test_a_template_without_an_answer_is_repeated_since_the_platform_sees_repeats(outbox: Outbox):
    notice, world = outbox.post(), OutsideWorld(UNKNOWN, SENT)
    assert outbox.deliver(world) == 0
    assert (notice.status, notice.maybe_received, notice.next_try) == (S.QUEUED, True, NOW + FIRST)
    assert outbox.deliver(world, NOW + 5 * SECOND) == 1
    assert (notice.status, notice.maybe_received) == (S.SENT, False)
    assert world.calls == [(TEMPLATE, "k")] * 2


def test_what_may_have_arrived_is_repeated_only_where_the_platform_sees_it(outbox: Outbox):
    outbox.open_window()
    notice, world = outbox.post(), OutsideWorld(REFUSED, UNKNOWN, channels=(CUSTOM, TEMPLATE))
    outbox.deliver(world)
    outbox.open_window(now=NOW + SECOND)
    assert outbox.deliver(world, NOW + 5 * SECOND) == 1
    assert [channel for channel, _ in world.calls] == [CUSTOM, TEMPLATE, TEMPLATE]
    assert notice.status is S.SENT


def test_what_may_have_arrived_and_cannot_be_repeated_is_marked_in_the_inbox(outbox: Outbox):
    notice, world = outbox.post(), OutsideWorld(UNKNOWN, LATER, LATER, LATER, LATER, LATER)
    for _ in range(6):
        outbox.deliver(world, notice.next_try)
    assert (notice.status, notice.maybe_received) == (S.INBOX, True)


@pytest.mark.parametrize("channel", [CUSTOM, SUBSCRIBE])
def test_a_channel_that_does_not_see_repeats_is_called_once(outbox: Outbox, channel: Channel):
    outbox.open_window()
    outbox.grant()
    notice, world = outbox.post(), OutsideWorld(UNKNOWN, channels=(channel, TEMPLATE))
    assert outbox.deliver(world) == 0
    assert (notice.status, notice.maybe_received) == (S.INBOX, True)
    assert outbox.deliver(world, NOW + HOUR) == 0
    assert len(world.calls) == 1


# A process that died


def strand(outbox: Outbox, channel: Channel, *, now: datetime = NOW) -> Notice:
    """A worker marks a notice as sending and is killed."""
    outbox.open_window(now=now)
    outbox.grant()
    notice = outbox.post(due=now)
    with pytest.raises(BaseExceptionGroup) as died:
        outbox.deliver(OutsideWorld(Died(), channels=(channel,)), now)
    assert died.group_contains(Died)
    assert notice.status is S.SENDING
    return notice


def test_a_stranded_template_is_queued_again(outbox: Outbox):
    notice, world = strand(outbox, TEMPLATE), OutsideWorld()
    assert outbox.deliver(world, NOW + MINUTE - SECOND) == 0
    assert notice.status is S.SENDING
    assert outbox.deliver(world, NOW + MINUTE) == 0
    assert (notice.status, notice.maybe_received) == (S.QUEUED, True)
    assert outbox.deliver(world, notice.next_try) == 1
    assert notice.status is S.SENT


def test_after_ten_minutes_the_platform_no_longer_sees_repeats(outbox: Outbox):
    notice, world = strand(outbox, TEMPLATE), OutsideWorld()
    assert outbox.deliver(world, NOW + 10 * MINUTE) == 0
    assert (notice.status, notice.maybe_received, world.calls) == (S.INBOX, True, [])


def test_within_ten_minutes_a_stranded_template_is_queued_again(outbox: Outbox):
    """Half a minute of the ten is for the way there."""
    notice = strand(outbox, TEMPLATE)
    outbox.deliver(OutsideWorld(), NOW + 9 * MINUTE)
    assert notice.status is S.QUEUED
    assert outbox.deliver(OutsideWorld(), notice.next_try) == 1


def test_a_repeat_that_comes_too_late_is_not_made(outbox: Outbox):
    """The worker died after noting the repeat, and nobody was there to make it."""
    notice, world = outbox.post(), OutsideWorld(UNKNOWN)
    outbox.deliver(world)
    assert outbox.deliver(world, NOW + 10 * MINUTE) == 0
    assert (notice.status, notice.maybe_received) == (S.INBOX, True)
    assert len(world.calls) == 1


def test_a_process_that_dies_again_and_again_does_not_repeat_for_ever(outbox: Outbox):
    notice, now, calls = strand(outbox, TEMPLATE), NOW, 1
    while notice.status is not S.INBOX:
        now += 61 * SECOND
        try:
            outbox.deliver(world := OutsideWorld(Died()), now)
        except BaseExceptionGroup:
            calls += len(world.calls)
    assert notice.maybe_received
    assert 1 < calls <= 6
    assert now - NOW <= 12 * MINUTE


@pytest.mark.parametrize("channel", [CUSTOM, SUBSCRIBE])
def test_a_stranded_message_without_de_duplication_goes_to_the_inbox_marked(outbox: Outbox, channel: Channel):
    notice, world = strand(outbox, channel), OutsideWorld()
    assert outbox.deliver(world, NOW + MINUTE) == 0
    assert (notice.status, notice.maybe_received, world.calls) == (S.INBOX, True, [])


def test_a_lease_that_was_never_used_is_taken_by_another_worker(outbox: Outbox):
    notice, world = outbox.post(), OutsideWorld()
    with outbox.sessions.write() as session:
        assert deliveries.take(session, lease="dead", now=NOW) == [notice.id]
    assert outbox.deliver(world, NOW + MINUTE - SECOND) == 0
    assert outbox.deliver(world, NOW + MINUTE) == 1


def test_recovering_counts_what_was_stranded(outbox: Outbox):
    strand(outbox, TEMPLATE)
    assert [job.recover(outbox.sessions, now=NOW + MINUTE) for _ in range(2)] == [1, 0]


# Slow calls, and what happens meanwhile


def test_what_is_settled_during_the_call_is_not_tried_again(outbox: Outbox):
    for key, answer in (("later", LATER), ("unknown", UNKNOWN), ("refused", REFUSED)):
        notice = outbox.post(key, subject=f"claim:{key}")
        world = OutsideWorld(answer, channels=(TEMPLATE, SUBSCRIBE))
        world.during = lambda key=key: notices.settle(outbox.session, f"claim:{key}", NOW)  # type: ignore[misc]
        assert outbox.deliver(world) == 0
        assert (notice.status, len(world.calls)) == (S.LAPSED, 1)


def test_a_late_yes_is_believed_also_after_the_notice_was_given_up(outbox: Outbox):
    outbox.open_window()
    notice, world = outbox.post(), OutsideWorld(SENT, channels=(CUSTOM,))
    world.during = lambda: job.recover(outbox.sessions, now=NOW + 2 * MINUTE)
    assert outbox.deliver(world) == 1
    assert (notice.status, notice.maybe_received) == (S.SENT, False)


@pytest.mark.parametrize("answer", [LATER, UNKNOWN, REFUSED, CLOSED])
def test_a_late_no_does_not_touch_what_another_worker_took_over(outbox: Outbox, answer: Sent):
    notice, world = outbox.post(), OutsideWorld(answer, channels=(TEMPLATE, SUBSCRIBE))

    def take_over() -> None:
        job.recover(outbox.sessions, now=NOW + MINUTE)
        with outbox.sessions.write() as session:
            assert deliveries.take(session, lease="w2", now=NOW + 2 * MINUTE) == [notice.id]
            assert deliveries.begin(session, notice.id, lease="w2", channel="template", now=NOW + 2 * MINUTE)

    world.during = take_over
    assert outbox.deliver(world) == 0
    assert (notice.status, notice.lease, len(world.calls)) == (S.SENDING, "w2", 1)


def test_four_workers_at_once_send_nothing_twice(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        for number in range(24):
            notices.post(session, cast.zhang_san.id, "claim_approved", key=str(number), now=NOW)
    worlds = [OutsideWorld() for _ in range(4)]

    def work(number: int) -> int:
        sent = 0
        while taken := asyncio.run(job.deliver(sessions, worlds[number], worker=f"w{number}", now=NOW, most=5)):
            sent += taken
        return sent

    sent = together(*(lambda n=n: work(n) for n in range(4)))  # type: ignore[misc]
    assert sum(sent) == 24  # type: ignore[arg-type]
    calls = [key for world in worlds for _, key in world.calls]
    assert sorted(calls) == sorted(str(n) for n in range(24))


# A mistake of ours


def test_one_that_cannot_be_worded_holds_up_no_other(outbox: Outbox):
    broken = outbox.post("broken", kind="relay")
    outbox.post("fine")
    world = OutsideWorld()
    world.broken = {"relay"}
    with pytest.raises(BaseExceptionGroup) as failed:
        outbox.deliver(world)
    assert failed.group_contains(KeyError)
    assert (world.calls, broken.status) == ([(TEMPLATE, "fine")], S.TAKEN)
    world.broken = set()
    assert outbox.deliver(world, NOW + MINUTE) == 1


# Quiet hours


NIGHT, MORNING = at(date(2026, 11, 20), 22), at(date(2026, 11, 21), 7, 30)


@pytest.mark.parametrize("now", [NIGHT, at(date(2026, 11, 21), 0, 1), MORNING - SECOND])
def test_what_nobody_waits_for_is_kept_until_the_morning(outbox: Outbox, now: datetime):
    notice, world = outbox.post(kind="month_end", due=now), OutsideWorld()
    assert outbox.deliver(world, now) == 0
    assert (notice.status, notice.next_try, notice.attempts) == (S.QUEUED, MORNING, 0)
    assert outbox.deliver(world, MORNING) == 1


def test_what_somebody_waits_for_comes_at_any_hour(outbox: Outbox):
    outbox.post(kind="claim_approved", due=NIGHT)
    assert outbox.deliver(OutsideWorld(), NIGHT) == 1


def test_a_repeat_is_made_at_once_also_at_night(outbox: Outbox):
    """In the morning the platform would no longer see that it is one."""
    last = NIGHT - SECOND
    outbox.post(kind="month_end", due=last)
    world = OutsideWorld(UNKNOWN, SENT)
    outbox.deliver(world, last)
    assert outbox.deliver(world, last + 5 * SECOND) == 1


def test_a_branch_may_have_other_quiet_hours_or_none(outbox: Outbox):
    for hours, sent in ((["12:00", "14:00"], 1), ([], 1), (["21:00", "06:00"], 0)):
        key = str(hours)
        branch = outbox.cast.first_branch.id
        later = NOW + timedelta(seconds=len(hours), minutes=sent)
        settings.put(outbox.session, settings.QUIET_HOURS, hours, organization_id=branch, by_id=None, now=later)
        notice = outbox.post(key, kind="month_end", due=NIGHT)
        assert outbox.deliver(OutsideWorld(), NIGHT) == sent
        notice.status = S.LAPSED


def test_the_middle_of_the_day_may_be_quiet_too(outbox: Outbox):
    branch = outbox.cast.first_branch.id
    settings.put(outbox.session, settings.QUIET_HOURS, ["12:00", "14:00"], organization_id=branch, by_id=None, now=NOW)
    noon = at(date(2026, 11, 20), 13)
    notice = outbox.post(kind="month_end", due=noon)
    assert outbox.deliver(OutsideWorld(), noon) == 0
    assert notice.next_try == at(date(2026, 11, 20), 14)


def test_a_wechat_that_is_nobodys_has_quiet_hours_as_well(outbox: Outbox):
    notices.post_to_openid(outbox.session, "o-1", "relay", key="k", now=NIGHT)
    assert outbox.deliver(OutsideWorld(), NIGHT) == 0
    assert outbox.one().next_try == MORNING


# From a claim to the phone


def test_the_first_waiting_claim_is_told_at_once_and_the_digest_at_its_hours(desk: Desk, within: Sessions):
    outbox, world = Outbox(desk.session, within, desk.cast), OutsideWorld()
    noon, evening = at(date(2026, 11, 20), 12), at(date(2026, 11, 20), 17, 30)
    for minute in range(3):
        desk.claim(now=NOW + minute * MINUTE)
    told = [(now, outbox.deliver(world, now)) for now in (NOW, noon - SECOND, noon, evening)]
    assert [count for _, count in told] == [1, 0, 1, 0]
    desk.claim(now=noon + MINUTE)
    assert outbox.deliver(world, evening) == 1
