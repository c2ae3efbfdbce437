"""Failures on order: what the caller sees, and whether the message arrived (rule 28 turns on the difference)."""

from typing import Any

import pytest
import requests

TEMPLATE = "/cgi-bin/message/template/send"


@pytest.fixture
def message(zhang: str) -> dict[str, Any]:
    data = {"thing1": {"value": "党课"}, "name2": {"value": "张三"}, "time3": {"value": "15:04"}}
    return {"touser": zhang, "template_id": "T-claim", "data": data}


def order(stand_in: Any, how: str, **more: Any) -> Any:
    return stand_in.post("/sandbox/faults", {"path": TEMPLATE, "how": how, **more})


def test_an_ordered_error_code_is_answered_so_many_times_and_nothing_is_sent(
    stand_in: Any, zhang: str, message: Any
) -> None:
    order(stand_in, "errcode", errcode=45011, times=2)
    codes = [stand_in.call(TEMPLATE, message)["errcode"] for _ in range(3)]
    assert codes == [45011, 45011, 0]
    assert len(stand_in.chat(zhang)) == 1


@pytest.mark.parametrize(("how", "arrives"), [("drop", 1), ("lost", 0)])
def test_a_cut_connection_tells_the_caller_nothing(
    stand_in: Any, zhang: str, message: Any, how: str, arrives: int
) -> None:
    order(stand_in, how)
    with pytest.raises(requests.ConnectionError):
        stand_in.raw(TEMPLATE, message)
    assert len(stand_in.chat(zhang)) == arrives
    assert stand_in.call(TEMPLATE, message)["errcode"] == 0


def test_a_hanging_call_is_done_all_the_same(stand_in: Any, zhang: str, message: Any) -> None:
    order(stand_in, "hang", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        stand_in.raw(TEMPLATE, message, seconds=0.3)
    assert len(stand_in.chat(zhang)) == 1


@pytest.mark.parametrize(("how", "status"), [("bad_gateway", 502), ("html", 200)])
def test_a_page_instead_of_json_means_nothing_was_done(
    stand_in: Any, zhang: str, message: Any, how: str, status: int
) -> None:
    order(stand_in, how)
    answer = stand_in.raw(TEMPLATE, message)
    assert (answer.status_code, answer.text[:6]) == (status, "<html>")
    assert stand_in.chat(zhang) == []


def test_a_fault_meets_its_own_path_only_or_every_path(stand_in: Any, message: Any) -> None:
    order(stand_in, "errcode", path="/cgi-bin/stable_token", errcode=-1)
    assert stand_in.stable_token()["errcode"] == -1
    assert stand_in.call(TEMPLATE, message)["errcode"] == 0
    order(stand_in, "errcode", path="*", errcode=50002, times=-1)
    assert [stand_in.stable_token()["errcode"] for _ in range(3)] == [50002] * 3


def test_faults_can_be_seen_and_taken_back(stand_in: Any, message: Any) -> None:
    first, second = (order(stand_in, "errcode", times=times) for times in (1, -1))
    tools = stand_in.session.get(f"{stand_in.url}/sandbox/tools", timeout=10).json()
    assert [fault["number"] for fault in tools["faults"]] == [first["number"], second["number"]]
    assert TEMPLATE in tools["paths"]
    stand_in.post("/sandbox/mend", {"number": second["number"]})
    assert [stand_in.call(TEMPLATE, message)["errcode"] for _ in range(2)] == [-1, 0]


def test_the_journal_names_calls_without_tokens_or_openids(stand_in: Any, zhang: str, message: Any) -> None:
    stand_in.act("say", zhang, text="积分")
    stand_in.call(TEMPLATE, {**message, "data": {}})
    answer = stand_in.session.get(f"{stand_in.url}/sandbox/tools", timeout=10)
    lines = [(entry["what"], entry["fine"]) for entry in answer.json()["journal"]]
    assert lines[:3] == [(TEMPLATE, False), ("/cgi-bin/stable_token", True), ("/wechat text", True)]
    assert zhang not in answer.text
    assert stand_in.token() not in answer.text


@pytest.mark.parametrize("body", [{"how": "explode"}, {"how": "hang", "seconds": "long"}, {"times": "2"}, {"path": 7}])
def test_an_order_that_makes_no_sense_is_refused(stand_in: Any, body: Any) -> None:
    known = {"path": TEMPLATE, "how": "errcode", **body}
    answer = stand_in.session.post(f"{stand_in.url}/sandbox/faults", json=known, timeout=10)
    assert answer.status_code == 400
