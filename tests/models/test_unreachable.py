"""When nobody above can be reached: another officer of the branch, or the operator; and asked when somebody can be."""

import pytest

from models import bindings, deciding_requests, followers, requests
from models.bindings import Binding
from models.deciders import deciders
from models.errors import NotFound
from models.members import Member
from models.requests import Request, RequestKind, RequestStatus
from tests.cast import NOW, Cast
from tests.models.desk import Desk

REBINDING = RequestKind.REBINDING


def unfollow(desk: Desk, *people: Member) -> None:
    for member in people:
        followers.unfollow(desk.session, Cast.openid(member), NOW)


def new_phone(desk: Desk, member: Member) -> Request:
    request = requests.open_binding(desk.session, member, openid="o-new", now=NOW, kind=REBINDING)
    deciding_requests.ask(desk.session, request, now=NOW)
    return request


def unasked(desk: Desk) -> list[int]:
    return deciding_requests.unasked(desk.session, deciding_requests.in_turn(desk.session, 9), NOW)


def asked(desk: Desk, request: Request) -> list[str]:
    return [seat.name for seat in deciders(desk.session, request, NOW).asked]


def test_a_new_phone_comes_back_to_the_branch_when_nobody_above_can_be_reached(desk: Desk):
    cast = desk.cast
    request = new_phone(desk, cast.wang_jianjun)
    assert asked(desk, request) == ["周国平"]
    unfollow(desk, cast.zhou_guoping)
    assert asked(desk, request) == ["何敏"]
    unfollow(desk, cast.he_min)
    assert asked(desk, request) == ["孙磊"]
    assert [r.id for r in deciding_requests.waiting_for(desk.session, cast.sun_lei, NOW)] == [request.id]
    deciding_requests.approve(desk.session, request.id, by=cast.sun_lei, now=NOW)
    assert bindings.openid_of(desk.session, cast.wang_jianjun.id) is None  # the new one does not follow yet
    assert bindings.find(desk.session, "o-new") is not None


def test_who_is_not_asked_does_not_decide(desk: Desk):
    unfollow(desk, desk.cast.zhou_guoping)
    request = new_phone(desk, desk.cast.wang_jianjun)
    for other in (desk.cast.sun_lei, desk.cast.li_si, desk.cast.wang_jianjun):
        with pytest.raises(NotFound):
            deciding_requests.approve(desk.session, request.id, by=other, now=NOW)


def test_a_leaders_new_phone_comes_back_to_the_secretary_first(desk: Desk):
    unfollow(desk, desk.cast.zhou_guoping)
    assert asked(desk, new_phone(desk, desk.cast.li_si)) == ["王建军"]


def test_whom_nobody_can_confirm_is_the_operators(desk: Desk):
    cast = desk.cast
    unfollow(desk, cast.zhou_guoping, cast.he_min, cast.sun_lei)
    request = new_phone(desk, cast.wang_jianjun)
    assert (asked(desk, request), deciding_requests.stranded(desk.session, NOW)) == ([], [request])
    assert unasked(desk) == []
    deciding_requests.release(desk.session, request, now=NOW)
    assert (request.status, request.decided_by_id) == (RequestStatus.REJECTED, None)
    assert desk.session.query(Binding).filter_by(member_id=cast.wang_jianjun.id).all() == []
    assert cast.wang_jianjun in bindings.unbound(desk.session)
    assert [n.openid for n in desk.notices("rebound")] == [Cast.openid(cast.wang_jianjun)]
    assert deciding_requests.stranded(desk.session, NOW) == []


def test_a_request_is_found_again_when_somebody_can_be_asked(desk: Desk):
    cast = desk.cast
    unfollow(desk, cast.zhou_guoping, cast.he_min, cast.sun_lei)
    request = new_phone(desk, cast.wang_jianjun)
    followers.touch(desk.session, Cast.openid(cast.he_min), followers.Touch.MESSAGE, NOW)
    desk.session.flush()
    assert unasked(desk) == [request.id]
    assert [deciding_requests.ask(desk.session, request, now=NOW) for _ in range(2)] == [1, 0]
    assert unasked(desk) == []
    assert desk.told("request_waiting") == ["何敏"]
