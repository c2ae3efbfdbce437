"""October as the dialogues of a round have it: claims, what the branch writes, and its states."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from models import finalizing, ledger, reviewing, rounds
from models.ledger import Entry
from models.members import Member
from models.months import at
from models.rulebooks import Source
from tests.cast import Cast
from tests.models import round_desk
from tests.models.round_desk import CLOSED, FINAL, IN_REVIEW, OCTOBER, SUBMITTED
from tests.recording import RecordedSay

OCT = at(date(2026, 10, 20), 20)
AFTER = FINAL + timedelta(hours=1)


def begun(say: RecordedSay, cast: Cast) -> None:
    """张三 has 2 points, 王芳 waits, 刘强 came late twice, and of 孙磊 nothing but the figure is published."""
    with cast.sessions.write() as session:
        round_desk.begin(session, cast.first_branch.id)
        round_desk.begin(session, cast.second_branch.id)
    say.aside(cast.zhang_san, "申报 社区志愿 2小时 今天", OCT)
    say.aside(cast.li_si, "通过 1", OCT)
    say.aside(cast.wang_fang, "申报 走访 1户 今天", OCT)
    enter(cast, cast.liu_qiang, "-2", "组织-02")
    enter(cast, cast.sun_lei, "-10", "纪律-02")


def enter(cast: Cast, member: Member, points: str, item: str, at_: datetime = OCT) -> Entry:
    """An entry about October as the branch writes it."""
    with cast.sessions.write() as session:
        found = session.get_one(Member, member.id)
        ledger.lock_for(session, found.id, found.branch_id)
        return ledger.write(
            session,
            found,
            Decimal(points),
            branch_id=found.branch_id,
            about=date(2026, 10, 20),
            source=Source.BRANCH,
            cause=f"test:{found.id}:{item}:{points}",
            by=session.get_one(Member, cast.wang_jianjun.id),
            now=at_,
            rulebook_id=1,
            item_code=item,
        )


def reviewed(cast: Cast) -> None:
    """Both branches' October is under review."""
    with cast.sessions.write() as session:
        for branch in (cast.first_branch, cast.second_branch):
            round_ = rounds.find_anew(session, branch.id, OCTOBER)
            assert round_ is not None
            reviewing.begin(session, round_, CLOSED)


def disclosed(say: RecordedSay, cast: Cast) -> None:
    """The first branch's October is in disclosure."""
    reviewed(cast)
    say.aside(cast.li_si, "通过 2", IN_REVIEW)
    say.aside(cast.wang_jianjun, "提交公示", SUBMITTED)
    assert say.aside(cast.wang_jianjun, "是", SUBMITTED).startswith("✅")


def final(say: RecordedSay, cast: Cast) -> None:
    """The first branch's October is final."""
    disclosed(say, cast)
    with cast.sessions.write() as session:
        finalizing.finalize(session, cast.first_branch.id, OCTOBER, now=FINAL)


def disclosed_without_claim(say: RecordedSay, cast: Cast) -> None:
    reviewed(cast)
    say.aside(cast.wang_jianjun, "提交公示", SUBMITTED)
    assert say.aside(cast.wang_jianjun, "是", SUBMITTED).startswith("✅")
