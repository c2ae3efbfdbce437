"""The one table of error codes, and what of an error may be written down."""

import copy
import pickle

import pytest

from bot.delivery import OUTCOMES
from bot.wechat.errors import FAULTS, Fault, Refusal, Unclear, fault_of
from bot.wechat.privacy import describe, scrub
from jobs.letters import Outcome

OPENID = "oTEST-user_0000000000000001x"


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        (Fault.TRANSIENT, [-1]),
        (Fault.WAIT, [45011]),
        (Fault.EXHAUSTED, [45009, 45028, 48006]),
        (Fault.TOKEN, [40001, 40014, 42001]),
        (Fault.USER, [40003, 43004, 43019, 48002, 50005]),
        (Fault.GRANT, [43101]),
        (Fault.USER_LATER, [43117]),
        (Fault.WINDOW, [45015, 45047]),
        (Fault.MESSAGE, [41001, 47003, 47001, 44002, 44004, 45002, 45008, 45162, 40008, 45029, 40033]),
        (Fault.MEDIA, [40007]),
        (Fault.CONFIGURATION, [40013, 40125, 41002, 41004, 40243, 40164]),
        (Fault.CHANNEL, [48001, 48004, 48008, 50001, 50002, 40200]),
        (Fault.TEMPLATE, [40037, 43116]),
        (Fault.ALREADY_SENT, [45065]),
        (Fault.UNKNOWN, [1, 99999, 40002]),
    ],
)
def test_each_code_has_its_class(fault: Fault, codes: list[int]) -> None:
    assert [fault_of(code) for code in codes] == [fault] * len(codes)


def test_no_code_is_classed_twice_and_every_class_is_in_use() -> None:
    assert set(FAULTS.values()) | {Fault.UNKNOWN} == set(Fault)
    assert 0 not in FAULTS


def test_every_class_leads_somewhere() -> None:
    assert set(OUTCOMES) == set(Fault)
    sent = [fault for fault, leads in OUTCOMES.items() if leads.outcome is Outcome.SENT]
    assert sent == [Fault.ALREADY_SENT]


def test_a_refusal_survives_a_process_boundary() -> None:
    refusal = Refusal(45009, Fault.EXHAUSTED, "reach max api daily quota limit")
    for again in (copy.copy(refusal), pickle.loads(pickle.dumps(refusal))):
        assert (again.code, again.fault, str(again)) == (45009, Fault.EXHAUSTED, str(refusal))
    assert str(Unclear("no answer in time")) == "no answer in time"


def test_secrets_are_scrubbed() -> None:
    text = f"invalid openid hint [{OPENID}] access_token=abc&secret=def for tok-1 and tok-1-2"
    assert scrub(text, "tok-1", "tok-1-2", "") == "invalid openid hint […] access_token=…&secret=… for … and …"


def test_an_error_is_described_by_its_types_and_places() -> None:
    def inner() -> None:
        raise ValueError("invalid literal 'A7K2MPLT99' for 张三 with 138000 in plan_b2")

    try:
        try:
            inner()
        except ValueError:
            raise LookupError(f"gone: {OPENID} said hello") from None
    except LookupError as error:
        alone = describe(error, OPENID, "hello world")
        error.__suppress_context__ = False
        whole = describe(error, OPENID, "hello world")
    assert "builtins.LookupError: gone: … said …" in alone
    assert "ValueError" not in alone
    assert "builtins.ValueError: invalid literal '…' for … with … in plan_b2" in whole
    assert ", in inner" in whole


def test_a_chain_of_causes_has_an_end() -> None:
    error = RuntimeError("loop")
    error.__cause__ = error
    assert describe(error).count("RuntimeError: loop") == 5
