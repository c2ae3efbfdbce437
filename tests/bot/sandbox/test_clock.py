"""The clock of the page: forward only, to the moments of the month's round."""

import threading
from datetime import datetime
from typing import Any

import pytest

from bot.sandbox.clock import Step, target_of
from bot.sandbox.options import SHANGHAI, monday_to_friday


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("step", "now", "target"),
    [
        (Step.HOUR, "2026-11-20 23:30", "2026-11-21 00:30"),
        (Step.DAY, "2026-11-30 15:04", "2026-12-01 15:04"),
        (Step.MONTH_END, "2026-11-20 15:04", "2026-11-30 17:00"),
        (Step.MONTH_END, "2026-10-20 15:04", "2026-10-30 17:00"),
        (Step.MONTH_END, "2026-11-30 17:00", "2026-12-31 17:00"),
        (Step.MONTH_END, "2026-10-31 08:00", "2026-11-30 17:00"),
        (Step.REVIEW, "2026-10-31 23:59", "2026-11-05 09:00"),
        (Step.REVIEW, "2026-12-01 08:00", "2027-01-06 09:00"),
    ],
)
def test_each_button_leads_to_its_moment(step: Step, now: str, target: str) -> None:
    assert target_of(step, at(now), monday_to_friday) == at(target)


def post(stand_in: Any, body: Any) -> Any:
    return stand_in.session.post(f"{stand_in.url}/sandbox/clock", json=body, timeout=10)


def test_the_clock_jumps_and_messages_carry_its_time(stand_in: Any, bot: Any, zhang: str) -> None:
    assert post(stand_in, {"step": "month_end"}).json()["now"] == "2026-11-30T09:00:00+00:00"
    stand_in.act("say", zhang, text="积分")
    assert int(bot.received[-1]["CreateTime"]) == int(at("2026-11-30 17:00").timestamp())
    assert int(bot.queries[-1]["timestamp"]) == int(at("2026-11-30 17:00").timestamp())


def test_a_typed_moment_is_shanghai_time(stand_in: Any) -> None:
    assert post(stand_in, {"target": "2026-11-21T08:00"}).json()["now"] == "2026-11-21T00:00:00+00:00"
    assert post(stand_in, {"target": "2026-11-21T08:00:00+00:00"}).json()["now"] == "2026-11-21T08:00:00+00:00"


@pytest.mark.parametrize(
    ("body", "status"),
    [({"target": "2026-11-20T15:04"}, 409), ({"target": "soon"}, 400), ({"step": "year"}, 400), ({}, 400), ([], 400)],
)
def test_backwards_and_nonsense_are_refused(stand_in: Any, body: Any, status: int) -> None:
    assert post(stand_in, body).status_code == status
    assert post(stand_in, {"step": "hour"}).json()["now"] == "2026-11-20T08:04:00+00:00"


def test_one_journey_at_a_time_and_the_pages_see_where_it_goes(start: Any) -> None:
    arrived, released, answers = threading.Event(), threading.Event(), []

    def slow(target: datetime) -> None:
        arrived.set()
        released.wait(10)

    stand_in = start(jump=slow)
    thread = threading.Thread(target=lambda: answers.append(post(stand_in, {"step": "day"})))
    thread.start()
    arrived.wait(10)
    state = stand_in.session.get(f"{stand_in.url}/sandbox/clock", timeout=10).json()
    assert state["target"] == "2026-11-21T07:04:00+00:00"
    second = post(stand_in, {"step": "hour"})
    released.set()
    thread.join()
    assert (second.status_code, second.json()["error"]) == (409, "时间正在走，请稍等")
    assert answers[0].json()["target"] is None


def test_a_journey_that_fails_is_said_and_the_next_one_may_start(start: Any, caplog: pytest.LogCaptureFixture) -> None:
    def broken(target: datetime) -> None:
        raise RuntimeError("a job failed")

    stand_in = start(jump=broken)
    for _ in range(2):
        answer = post(stand_in, {"step": "day"})
        assert (answer.status_code, answer.json()["error"]) == (500, "没有做成，原因在演示程序的输出里")
    assert "a job failed" in caplog.text
