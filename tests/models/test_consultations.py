"""征求意见: a draft is told, read, commented, replaced or withdrawn before its month begins (rules 6)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import answering, consultations, filing, rulebook_changes, rulebooks
from models.answerers import answerers
from models.consultations import NothingToWithdraw, Proposal, VersionState
from models.months import Month, at
from models.notices import Notice, NoticeStatus
from models.opinions import OpinionKind
from models.organizations import Organization
from models.rulebooks import Rulebook, RulebookVersion
from tests.cast import NOW, Cast
from tests.models.desk import NARROW, NOVEMBER, D

DECEMBER, JANUARY = Month(2026, 12), Month(2027, 1)
UNTIL = at(date(2026, 11, 28))  # 24:00 of the fifth working day after NOW
BOUND = 17  # everybody of the cast but 刘德福


@pytest.fixture
def shipped(session: Session, cast: Cast) -> Rulebook:
    """The committee's rulebook, in force."""
    return rulebooks.in_force(session, cast.committee.id, NOVEMBER)


def propose(session: Session, of: Organization, book: Rulebook, month: Month = DECEMBER, now=NOW) -> Proposal:
    return consultations.propose(session, of, replace(book, effective_from=month), now=now)


def base(book: Rulebook, points: str) -> Rulebook:
    return replace(book, base=D(points))


def states(session: Session, of: Organization, now=NOW) -> list[VersionState]:
    return [consultations.state_of(session, one, now) for one in rulebooks.versions_of(session, of.id)]


def told(session: Session, kind: str, *, status: NoticeStatus = NoticeStatus.QUEUED) -> int:
    query = select(func.count()).select_from(Notice).where(Notice.kind == kind, Notice.status == status)
    return session.scalars(query).one()


def test_a_draft_is_open_to_comments_then_waits_for_its_month(session: Session, cast: Cast, shipped: Rulebook):
    made = propose(session, cast.committee, base(shipped, "75"))
    assert made.version.consultation_until == UNTIL
    assert states(session, cast.committee) == [VersionState.IN_FORCE, VersionState.DRAFT]
    assert states(session, cast.committee, UNTIL - timedelta(seconds=1))[1] is VersionState.DRAFT
    assert states(session, cast.committee, UNTIL)[1] is VersionState.SETTLED
    assert states(session, cast.committee, DECEMBER.begins) == [VersionState.FORMER, VersionState.IN_FORCE]
    branch = cast.first_branch.id
    assert consultations.coming(session, branch, UNTIL) == made.version
    assert consultations.coming(session, branch, DECEMBER.begins) is None


def test_everyone_whom_it_will_concern_is_told_once(session: Session, cast: Cast, shipped: Rulebook):
    rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)
    made = propose(session, cast.committee, base(shipped, "75"))
    query = select(Notice.member_id).where(Notice.kind == "rulebook_draft").order_by(Notice.member_id)
    found = list(session.scalars(query))
    # The first branch has a rulebook of its own, which the committee's does not touch.
    assert found == [member.id for member in (cast.zhou_guoping, cast.qian_jin, cast.wu_gang, cast.sun_li)]
    assert made.told == len(found)
    assert consultations.coming(session, cast.first_branch.id, NOW) is None


def test_a_first_version_is_put_to_the_members_only_when_asked(session: Session, cast: Cast):
    past = consultations.propose(session, cast.first_branch, NARROW, now=NOW)
    assert states(session, cast.first_branch) == [VersionState.IN_FORCE]
    assert past.told == 0
    session.delete(past.version)
    session.flush()
    first = replace(NARROW, effective_from=DECEMBER)
    waived = consultations.propose(session, cast.first_branch, first, now=NOW)
    assert (waived.version.consultation_until, waived.told) == (None, 0)
    assert states(session, cast.first_branch) == [VersionState.SETTLED]
    asked = consultations.propose(session, cast.second_branch, first, now=NOW, consulted=True)
    assert (asked.version.consultation_until, asked.told) == (UNTIL, 4)


def test_another_import_replaces_a_draft_and_is_consulted_anew(session: Session, cast: Cast, shipped: Rulebook):
    old = propose(session, cast.committee, base(shipped, "75")).version
    new = propose(session, cast.committee, base(shipped, "72"), now=NOW + timedelta(hours=1))
    assert new.replaced == [old]
    assert states(session, cast.committee)[1:] == [VersionState.WITHDRAWN, VersionState.DRAFT]
    lapsed = told(session, "rulebook_draft", status=NoticeStatus.LAPSED)
    assert (lapsed, told(session, "rulebook_draft")) == (BOUND, BOUND)
    assert rulebooks.in_force(session, cast.first_branch.id, DECEMBER).base == 72


def test_what_was_consulted_keeps_its_months_until_a_later_version(session: Session, cast: Cast, shipped: Rulebook):
    propose(session, cast.committee, base(shipped, "75"))
    later = propose(session, cast.committee, base(shipped, "72"), JANUARY, now=UNTIL)
    assert later.replaced == []
    assert states(session, cast.committee, UNTIL)[1:] == [VersionState.SETTLED, VersionState.DRAFT]
    # What can be commented is shown before what is settled.
    assert consultations.coming(session, cast.first_branch.id, UNTIL) == later.version
    bases = [rulebooks.in_force(session, cast.first_branch.id, month).base for month in (NOVEMBER, DECEMBER, JANUARY)]
    assert bases == [70, 75, 72]


def test_a_draft_is_withdrawn_before_its_month_and_never_holds(session: Session, cast: Cast, shipped: Rulebook):
    propose(session, cast.committee, base(shipped, "75"))
    reached = session.scalars(select(Notice).where(Notice.member_id == cast.zhang_san.id)).one()
    reached.status, reached.sent_at = NoticeStatus.SENT, NOW
    withdrawn = consultations.withdraw(session, cast.committee, now=UNTIL)
    assert consultations.state_of(session, withdrawn, UNTIL) is VersionState.WITHDRAWN
    assert told(session, "rulebook_draft", status=NoticeStatus.LAPSED) == BOUND - 1
    assert told(session, "rulebook_withdrawn") == 1  # whom the draft had reached
    assert rulebooks.in_force(session, cast.first_branch.id, DECEMBER) == shipped
    assert consultations.coming(session, cast.first_branch.id, UNTIL) is None
    with pytest.raises(NothingToWithdraw, match="机关党委没有还没起用的细则，不用撤回"):
        consultations.withdraw(session, cast.committee, now=UNTIL)
    # Its number is not given again, and what it said may be imported again.
    assert propose(session, cast.committee, base(shipped, "75"), JANUARY, now=UNTIL).version.version == 3


def test_what_has_begun_is_not_withdrawn_and_of_a_waived_one_nobody_is_told(session: Session, cast: Cast):
    consultations.propose(session, cast.first_branch, replace(NARROW, effective_from=DECEMBER), now=NOW)
    with pytest.raises(NothingToWithdraw):
        consultations.withdraw(session, cast.first_branch, now=DECEMBER.begins)
    consultations.withdraw(session, cast.first_branch, now=NOW)
    assert told(session, "rulebook_withdrawn") == 0


def test_a_suggestion_about_the_draft_is_kept_with_it_and_goes_to_who_drafted_it(
    session: Session, cast: Cast, shipped: Rulebook
):
    draft = propose(session, cast.committee, base(shipped, "75")).version

    def suggest(text: str, by=cast.zhang_san, now=NOW):
        return filing.suggest(session, text, by=by, openid="", now=now)

    about = suggest("细则里值班也应当加分")
    assert (about.kind, about.rulebook_id, about.level) == (OpinionKind.SUGGESTION, draft.id, 1)
    assert [seat.id for seat in answerers(session, about, NOW).asked] == [cast.zhou_guoping.id]
    # Of the committee's own secretary nobody there is free: the branch answers.
    assert suggest("草案的基础分太高", by=cast.zhou_guoping).level == 0
    assert suggest("小组会早点开").rulebook_id is None
    assert suggest("细则里值班也应当加分", now=UNTIL).rulebook_id is None
    answering.uphold(session, about.id, "下一版加上", by=cast.zhou_guoping, now=NOW)
    assert consultations.comments(session, [draft]) == {draft.id: (2, 1)}


def test_who_drafted_in_the_branch_answers_there(session: Session, cast: Cast):
    rulebooks.add_version(session, cast.first_branch, NARROW, now=NOW)
    draft = propose(session, cast.first_branch, base(NARROW, "75")).version
    about = filing.suggest(session, "细则的上限太窄", by=cast.zhang_san, openid="", now=NOW)
    assert (about.rulebook_id, about.level) == (draft.id, 0)


def test_what_changes_is_told_item_by_item():
    dropped, kept = NARROW.items[0], NARROW.items[1]
    new = replace(kept, code="服务-04")
    after = replace(
        NARROW, base=D(75), stars=(), items=(new, replace(kept, points=D(3)), *NARROW.items[2:]), pass_mark=D(60)
    )
    found = rulebook_changes.between(NARROW, after)
    assert (found.figures, found.added, found.removed) == (("base", "stars"), (new,), (dropped,))
    assert found.changed == ((kept, replace(kept, points=D(3))),)


def test_a_version_keeps_when_it_was_imported_and_until_when_it_is_open(
    session: Session, cast: Cast, shipped: Rulebook
):
    made = propose(session, cast.committee, base(shipped, "75")).version
    session.expire_all()
    row = session.get_one(RulebookVersion, made.id)
    assert (row.imported_at, row.consultation_until, row.withdrawn_at) == (NOW, UNTIL, None)
