"""Requests to decide: opened once, settled once (rules 12, 30)."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import deciding_requests, requests
from models.errors import NotFound
from models.notices import Notice, NoticeStatus
from models.requests import AlreadyDecided, Request, RequestKind, RequestStatus
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import together


def opened(session: Session, cast: Cast, **more: object) -> Request:
    return requests.open_binding(session, cast.zhang_san, openid="o-new", now=NOW, **more)  # type: ignore[arg-type]


def test_asking_again_while_it_waits_is_the_same_request(session: Session, cast: Cast):
    request = opened(session, cast)
    assert opened(session, cast) is request
    assert (request.kind, request.status, request.asked_at) == (RequestKind.BINDING, RequestStatus.WAITING, NOW)
    other = requests.open_binding(session, cast.zhang_san, openid="o-other", now=NOW)
    assert other is not request


def test_asking_again_after_a_refusal_is_a_new_request(session: Session, cast: Cast):
    request = opened(session, cast)
    deciding_requests.reject(session, request.id, "不是本人", by=cast.li_si, now=NOW)
    assert opened(session, cast) is not request


def test_a_request_nobody_made_is_not_found(session: Session, cast: Cast):
    with pytest.raises(NotFound, match="没有找到 L99"):
        requests.get(session, 99)
    with pytest.raises(NotFound, match="没有找到 L99"):
        deciding_requests.approve(session, 99, by=cast.li_si, now=NOW)


def test_the_waiting_requests_of_a_branch_come_oldest_first(session: Session, cast: Cast):
    first = opened(session, cast)
    second = requests.open_binding(session, cast.wang_fang, openid="o-2", now=NOW)
    decided = requests.open_binding(session, cast.liu_qiang, openid="o-3", now=NOW)
    requests.open_binding(session, cast.sun_li, openid="o-4", now=NOW)
    requests.settle(session, decided, RequestStatus.REJECTED, by=cast.li_si, now=NOW)
    assert requests.waiting_in(session, cast.first_branch.id) == [first, second]


def test_a_refusal_is_told_to_the_wechat_that_asked(session: Session, cast: Cast):
    request = opened(session, cast)
    deciding_requests.ask(session, request, now=NOW)
    deciding_requests.reject(session, request.id, "长" * 500, by=cast.li_si, now=NOW)
    assert (request.status, request.reason) == (RequestStatus.REJECTED, "长" * 400)
    asked, told = session.scalars(select(Notice).order_by(Notice.id)).all()
    assert (asked.kind, asked.status) == ("request_waiting", NoticeStatus.LAPSED)
    assert (told.kind, told.openid, told.member_id) == ("binding_refused", "o-new", None)


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_of_a_wechat_that_was_erased_nobody_is_told(session: Session, cast: Cast, verb: str):
    request = opened(session, cast)
    request.openid = None
    session.flush()
    if verb == "approve":
        deciding_requests.approve(session, request.id, by=cast.li_si, now=NOW)
    else:
        deciding_requests.reject(session, request.id, "不是本人", by=cast.li_si, now=NOW)
    assert request.status is not RequestStatus.WAITING
    assert session.scalars(select(Notice)).all() == []


def test_who_comes_second_is_told_whose_decision_stands(session: Session, cast: Cast):
    request = opened(session, cast)
    decided = {"status": RequestStatus.APPROVED, "decided_by_id": cast.wang_jianjun.id}
    behind = update(Request).where(Request.id == request.id).values(decided)
    session.execute(behind.execution_options(synchronize_session=False))
    with pytest.raises(AlreadyDecided, match=f"L{request.id} 已由王建军办理，不用再办"):
        requests.settle(session, request, RequestStatus.REJECTED, by=cast.li_si, now=NOW)


def test_a_decision_whose_maker_is_unknown_stands_as_well(session: Session, cast: Cast):
    request = opened(session, cast)
    session.execute(update(Request).values(status=RequestStatus.REJECTED))
    with pytest.raises(AlreadyDecided, match="已由别人办理"):
        requests.settle(session, request, RequestStatus.APPROVED, by=cast.li_si, now=NOW)


def test_two_who_decide_at_once_bind_once(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        number = requests.open_binding(session, cast.of(session).liu_defu, openid="o-new", now=NOW).id

    def approve(name: str) -> str:
        with sessions.write() as session:
            by = getattr(cast.of(session), name)
            return deciding_requests.approve(session, number, by=by, now=NOW).status.value

    outcomes = together(*(lambda n=n: approve(n) for n in ["li_si", "wang_jianjun"] * 3))  # type: ignore[misc]
    assert outcomes.count("approved") == 1
    assert {type(outcome) for outcome in outcomes} == {str, AlreadyDecided}
