"""Bindings: codes, phone numbers, locks, new phones (rules 30)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import bindings, deciding_requests, requests
from models.bindings import AlreadyBound, Binding, BindingCode, BindingTries, Locked, WrongCode
from models.errors import NotFound
from models.followers import Follower
from models.members import Member
from models.notices import Notice
from models.requests import AlreadyDecided, Request, RequestKind, RequestStatus
from models.sessions import Sessions
from tests.cast import NOW, Cast
from tests.models.desk import together

KEY = b"the installation's secret"
OTHER_KEY = b"another secret"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def issue(session: Session, member: Member, now=NOW) -> str:
    code = bindings.issue_code(session, member, key=KEY, now=now)
    session.flush()
    return code


def bind(session: Session, openid: str, name: str, code: str, now=NOW) -> Member | Request:
    return deciding_requests.bind(session, openid, name, code, key=KEY, now=now)


def unbind(session: Session, *members: Member) -> None:
    session.execute(delete(Binding).where(Binding.member_id.in_([member.id for member in members])))


def fail(session: Session, openid: str, name: str, times: int, now=NOW) -> None:
    """Wrong tries, each kept as ``bot/talk.py`` keeps them."""
    for _ in range(times):
        with pytest.raises(WrongCode):
            bind(session, openid, name, "000000", now)


# Codes


def test_a_code_is_six_digits_without_a_leading_zero(session: Session, cast: Cast):
    codes = {bindings.issue_code(session, cast.zhang_san, key=KEY, now=NOW) for _ in range(40)}
    assert all(re.fullmatch(r"[1-9]\d{5}", code) for code in codes)
    assert len(codes) > 30


def test_a_code_of_anyone_with_an_office_is_ten_letters_and_digits(session: Session, cast: Cast):
    for member in (cast.li_si, cast.wang_jianjun, cast.zhou_guoping):
        assert re.fullmatch(r"[A-DF-HJ-NP-Z2-9]{10}", issue(session, member))


def test_a_code_is_kept_as_an_hmac_only(session: Session, cast: Cast):
    code = issue(session, cast.zhang_san)
    row = session.get_one(BindingCode, cast.zhang_san.id)
    assert code not in row.digest
    assert row.digest == bindings.digest(KEY, str(cast.zhang_san.id), code)
    assert row.digest != bindings.digest(OTHER_KEY, str(cast.zhang_san.id), code)


def test_a_code_binds_at_once(session: Session, cast: Cast):
    assert bindings.find(session, "o-new") is None
    assert bind(session, "o-new", "刘德福", issue(session, cast.liu_defu)) is cast.liu_defu
    found = bindings.find(session, "o-new")
    assert found is not None
    assert (found.member, found.bound_at) == (cast.liu_defu, NOW)


def test_letters_of_a_code_may_be_typed_small(session: Session, cast: Cast):
    unbind(session, cast.li_si)
    assert bind(session, "o-new", "李四", issue(session, cast.li_si).lower()) is cast.li_si


def test_a_code_works_once(session: Session, cast: Cast):
    code = issue(session, cast.liu_defu)
    bind(session, "o-new", "刘德福", code)
    with pytest.raises(WrongCode):
        bind(session, "o-other", "刘德福", code)


def test_a_new_code_ends_the_old_one(session: Session, cast: Cast):
    old, new = issue(session, cast.liu_defu), issue(session, cast.liu_defu)
    with pytest.raises(WrongCode):
        bind(session, "o-new", "刘德福", old)
    assert bind(session, "o-new", "刘德福", new) is cast.liu_defu


def test_a_code_lives_thirty_days(session: Session, cast: Cast):
    code = issue(session, cast.liu_defu)
    with pytest.raises(WrongCode):
        bind(session, "o-new", "刘德福", code, NOW + timedelta(days=30))
    assert bind(session, "o-new", "刘德福", code, NOW + timedelta(days=30, seconds=-1)) is cast.liu_defu


def test_of_two_people_of_one_name_the_code_says_which(session: Session, cast: Cast):
    twin = Member(staff_no="2001", name="刘德福", branch_id=cast.second_branch.id)
    session.add(twin)
    session.flush()
    code = issue(session, twin)
    issue(session, cast.liu_defu)
    assert bind(session, "o-new", "刘德福", code) is twin


def test_who_left_cannot_bind(session: Session, cast: Cast):
    code = issue(session, cast.liu_defu)
    cast.liu_defu.left_on = NOW.date()
    session.flush()
    with pytest.raises(WrongCode):
        bind(session, "o-new", "刘德福", code)


def test_a_refusal_does_not_tell_whether_a_person_exists(session: Session, cast: Cast):
    issue(session, cast.liu_defu)
    refusals = []
    for openid, name in (("o-1", "刘德福"), ("o-2", "没有这人"), ("o-3", "张三")):
        with pytest.raises(WrongCode) as refused:
            bind(session, openid, name, "000000")
        refusals.append((refused.value.sentence, refused.value.example))
        with pytest.raises(WrongCode) as refused:
            deciding_requests.ask_to_bind(session, openid, name, "0000", key=KEY, now=NOW)
        refusals.append((refused.value.sentence, refused.value.example))
    assert len(set(refusals)) == 1


# One openid, one member


def test_a_bound_wechat_is_not_bound_again(session: Session, cast: Cast):
    with pytest.raises(AlreadyBound, match="这个微信已经绑定张三，不用再绑"):
        bind(session, Cast.openid(cast.zhang_san), "张三", issue(session, cast.zhang_san))
    with pytest.raises(AlreadyBound, match="已经绑定了一位党员"):
        bind(session, Cast.openid(cast.zhang_san), "刘德福", issue(session, cast.liu_defu))


def test_a_new_phone_takes_over_and_the_old_one_is_told(session: Session, cast: Cast):
    assert bind(session, "o-new", "张三", issue(session, cast.zhang_san)) is cast.zhang_san
    assert bindings.find(session, Cast.openid(cast.zhang_san)) is None
    told = session.scalars(select(Notice).where(Notice.kind == "rebound")).all()
    assert [(notice.openid, notice.member_id) for notice in told] == [(Cast.openid(cast.zhang_san), None)]


def test_a_new_phone_of_anyone_with_an_office_waits_for_the_level_above(session: Session, cast: Cast):
    request = bind(session, "o-new", "王建军", issue(session, cast.wang_jianjun))
    assert isinstance(request, Request)
    assert (request.kind, request.status) == (RequestKind.REBINDING, RequestStatus.WAITING)
    assert bindings.find(session, Cast.openid(cast.wang_jianjun)) is not None
    asked = session.scalars(select(Notice).where(Notice.kind == "request_waiting")).all()
    assert [notice.member_id for notice in asked] == [cast.zhou_guoping.id]
    deciding_requests.approve(session, request.id, by=cast.zhou_guoping, now=NOW)
    assert bindings.openid_of(session, cast.wang_jianjun.id) is None  # the new phone does not follow yet
    assert bindings.find(session, "o-new") is not None


def test_a_first_phone_of_anyone_with_an_office_is_bound_by_the_code(session: Session, cast: Cast):
    unbind(session, cast.wang_jianjun)
    assert bind(session, "o-new", "王建军", issue(session, cast.wang_jianjun)) is cast.wang_jianjun


# Name and phone number


def test_name_and_phone_number_ask_the_leader(session: Session, cast: Cast):
    unbind(session, cast.zhang_san)
    last4 = cast.zhang_san.phone_last4
    request = deciding_requests.ask_to_bind(session, "o-new", "张三", last4 or "", key=KEY, now=NOW)
    assert isinstance(request, Request)
    assert (request.kind, request.member, request.openid) == (RequestKind.BINDING, cast.zhang_san, "o-new")
    assert bindings.find(session, "o-new") is None
    asked = session.scalars(select(Notice).where(Notice.kind == "request_waiting")).all()
    assert [notice.member_id for notice in asked] == [cast.li_si.id]


def test_a_wrong_phone_number_is_a_wrong_try(session: Session, cast: Cast):
    for _ in range(5):
        with pytest.raises(WrongCode):
            bindings.ask(session, "o-new", "张三", "0000", key=KEY, now=NOW)
    with pytest.raises(Locked):
        bindings.ask(session, "o-new", "张三", cast.zhang_san.phone_last4 or "", key=KEY, now=NOW)


def test_two_people_of_one_name_and_number_are_for_a_code_to_tell_apart(session: Session, cast: Cast):
    last4 = cast.zhang_san.phone_last4
    session.add(Member(staff_no="2001", name="张三", branch_id=cast.second_branch.id, phone_last4=last4))
    session.flush()
    with pytest.raises(WrongCode):
        bindings.ask(session, "o-new", "张三", last4 or "", key=KEY, now=NOW)


def test_a_request_is_completed_unless_the_wechat_was_bound_meanwhile(session: Session, cast: Cast):
    request = requests.open_binding(session, cast.zhang_san, openid="o-new", now=NOW)
    bind(session, "o-new", "刘德福", issue(session, cast.liu_defu))
    with pytest.raises(AlreadyBound, match="这个微信已经绑定了别的党员"):
        deciding_requests.approve(session, request.id, by=cast.li_si, now=NOW)


# Five wrong tries


def test_five_wrong_tries_lock_the_wechat_for_an_hour(session: Session, cast: Cast):
    code = issue(session, cast.liu_defu)
    for name in ("甲", "乙", "丙", "丁", "戊"):
        fail(session, "o-new", name, 1)
    for moment in (NOW, NOW + HOUR - timedelta(seconds=1)):
        with pytest.raises(Locked, match="请一小时后再绑"):
            bind(session, "o-new", "刘德福", code, moment)
    assert bind(session, "o-new", "刘德福", code, NOW + HOUR) is cast.liu_defu


def test_five_wrong_tries_lock_the_member_for_every_wechat(session: Session, cast: Cast):
    code = issue(session, cast.liu_defu)
    for number in range(5):
        fail(session, f"o-{number}", "刘德福", 1)
    with pytest.raises(Locked):
        bind(session, "o-new", "刘德福", code)
    assert bind(session, "o-new", "刘德福", code, NOW + HOUR) is cast.liu_defu


def test_a_name_nobody_has_is_locked_just_the_same(session: Session, cast: Cast):
    for number in range(5):
        fail(session, f"o-{number}", "没有这人", 1)
    with pytest.raises(Locked):
        bind(session, "o-new", "没有这人", "000000")


def test_four_wrong_tries_lock_nothing(session: Session, cast: Cast):
    code = issue(session, cast.liu_defu)
    fail(session, "o-new", "刘德福", 4)
    assert bind(session, "o-new", "刘德福", code) is cast.liu_defu


def test_a_pause_of_an_hour_begins_the_count_anew(session: Session, cast: Cast):
    code = issue(session, cast.liu_defu)
    fail(session, "o-new", "刘德福", 4)
    fail(session, "o-new", "刘德福", 4, NOW + HOUR)
    assert bind(session, "o-new", "刘德福", code, NOW + HOUR) is cast.liu_defu


def test_a_try_while_locked_does_not_lengthen_the_lock(session: Session, cast: Cast):
    code = issue(session, cast.liu_defu)
    fail(session, "o-new", "刘德福", 5)
    with pytest.raises(Locked):
        bind(session, "o-new", "刘德福", "000000", NOW + 59 * MINUTE)
    assert bind(session, "o-new", "刘德福", code, NOW + HOUR) is cast.liu_defu


def test_binding_wipes_the_wechats_wrong_tries(session: Session, cast: Cast):
    code = issue(session, cast.liu_defu)
    fail(session, "o-new", "甲", 3)
    bind(session, "o-new", "刘德福", code)
    assert session.scalars(select(BindingTries).where(BindingTries.who == "o:o-new")).all() == []


def test_a_wrong_try_is_kept_and_a_lock_writes_nothing():
    assert WrongCode("").keep
    assert not Locked("").keep
    assert not AlreadyBound("").keep


def test_names_are_not_kept_readable_in_the_tries(session: Session, cast: Cast):
    fail(session, "o-new", "刘德福", 1)
    assert not [row.who for row in session.scalars(select(BindingTries)) if "刘德福" in row.who]


# Who is bound


def test_the_unbound_are_listed_in_roster_order_without_those_who_left(session: Session, cast: Cast):
    unbind(session, cast.zhang_san, cast.wang_fang, cast.sun_li)
    cast.wang_fang.left_on = NOW.date()
    session.flush()
    assert bindings.unbound(session) == [cast.zhang_san, cast.liu_defu, cast.sun_li]


def test_who_unfollowed_is_not_reachable(session: Session, cast: Cast):
    ids = [cast.zhang_san.id, cast.liu_defu.id, cast.li_si.id]
    session.get_one(Follower, Cast.openid(cast.li_si)).unfollowed_at = NOW
    session.flush()
    assert bindings.reachable(session, ids) == {cast.zhang_san.id}
    assert bindings.openid_of(session, cast.zhang_san.id) == Cast.openid(cast.zhang_san)
    assert bindings.openid_of(session, cast.li_si.id) is None
    assert bindings.openid_of(session, cast.liu_defu.id) is None


def test_an_erased_wechat_is_gone_from_bindings_and_requests(session: Session, cast: Cast):
    openid = Cast.openid(cast.zhang_san)
    request = requests.open_binding(session, cast.wang_fang, openid=openid, now=NOW)
    bindings.erase(session, openid)
    session.refresh(request)
    assert bindings.find(session, openid) is None
    assert request.openid is None


# Races


def attempt(sessions: Sessions, openid: str, name: str, code: str) -> str:
    """One try in a transaction of its own; a refusal that is to be kept is committed."""
    with sessions.write() as session:
        try:
            bind(session, openid, name, code)
        except WrongCode as refused:
            return type(refused).__name__
        except Locked as refused:
            session.rollback()
            return type(refused).__name__
        return "bound"


def test_of_eight_phones_with_one_code_one_is_bound(sessions: Sessions, cast: Cast):
    with sessions.write() as session:
        code = issue(session, cast.of(session).liu_defu)
    outcomes = together(*(lambda n=n: attempt(sessions, f"o-new-{n}", "刘德福", code) for n in range(8)))  # type: ignore[misc]
    assert outcomes.count("bound") == 1
    assert set(map(str, outcomes)) <= {"bound", "WrongCode", "Locked"}
    with sessions.read() as session:
        openids = session.scalars(select(Binding.openid).where(Binding.member_id == cast.liu_defu.id)).all()
        assert openids == [f"o-new-{outcomes.index('bound')}"]
        assert session.scalars(select(Notice).where(Notice.kind == "rebound")).all() == []


def test_of_two_codes_typed_at_once_on_one_phone_one_is_bound(sessions: Sessions, cast: Cast):
    """The phone has a wrong try behind it, which the one who binds wipes while the other waits for it."""
    with sessions.write() as session:
        unbind(session, cast.zhang_san)
        codes = {m.name: issue(session, m) for m in (cast.of(session).liu_defu, cast.of(session).zhang_san)}
        fail(session, "o-new", "甲", 1)
        session.flush()
    outcomes = together(*(lambda pair=pair: _bound_or_not(sessions, "o-new", *pair) for pair in codes.items()))  # type: ignore[misc]
    assert sorted(map(str, outcomes)) == ["AlreadyBound", "bound"]


def _bound_or_not(sessions: Sessions, openid: str, name: str, code: str) -> str:
    try:
        return attempt(sessions, openid, name, code)
    except AlreadyBound as refused:
        return type(refused).__name__


def test_parallel_guesses_are_all_counted(sessions: Sessions, cast: Cast):
    guesses = [lambda n=n: attempt(sessions, f"o-{n}", "刘德福", "000000") for n in range(12)]  # type: ignore[misc]
    outcomes = together(*guesses)
    assert sorted(map(str, outcomes)) == ["Locked"] * 7 + ["WrongCode"] * 5
    with sessions.read() as session:
        assert session.scalars(select(BindingTries.tries).where(BindingTries.who.like("n:%"))).one() == 5


# Deciding requests


def test_a_granted_request_binds_and_tells_the_member(session: Session, cast: Cast):
    request = requests.open_binding(session, cast.liu_defu, openid="o-new", now=NOW)
    deciding_requests.approve(session, request.id, by=cast.li_si, now=NOW)
    assert (request.status, request.decided_by) == (RequestStatus.APPROVED, cast.li_si)
    assert bindings.find(session, "o-new") is not None
    told = session.scalars(select(Notice).where(Notice.kind == "bound")).one()
    assert (told.member_id, told.facts) == (cast.liu_defu.id, {"by": "李四", "meeting": 0})  # no scan waited


def test_nobody_else_decides_a_request(session: Session, cast: Cast):
    request = requests.open_binding(session, cast.zhang_san, openid="o-new", now=NOW)
    for member in (cast.zhang_san, cast.wang_fang, cast.qian_jin, cast.ma_chao):
        for act in (
            lambda m=member: deciding_requests.approve(session, request.id, by=m, now=NOW),
            lambda m=member: deciding_requests.reject(session, request.id, "不是本人", by=m, now=NOW),
        ):
            with pytest.raises(NotFound, match=f"没有找到 L{request.id}"):
                act()
    assert request.status is RequestStatus.WAITING


def test_a_decided_request_stays_decided_and_the_refusal_says_by_whom(session: Session, cast: Cast):
    request = requests.open_binding(session, cast.liu_defu, openid="o-new", now=NOW)
    deciding_requests.approve(session, request.id, by=cast.li_si, now=NOW)
    with pytest.raises(AlreadyDecided, match=f"L{request.id} 已由李四办理"):
        deciding_requests.reject(session, request.id, "不是本人", by=cast.wang_jianjun, now=NOW)
