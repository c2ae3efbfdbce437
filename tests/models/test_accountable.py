"""Whose a follow-up is and who sees it, found for each without looking at those of everybody (rules 20)."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import accountable
from models.accountable import responsible, sees, waiting_for, watched
from models.appointments import Appointment, Office
from models.consequences import PENDING, FollowUp, FollowUpKind, FollowUpStatus
from models.members import Member
from models.months import Month
from models.rereading import take_notes
from tests.cast import NOW, Cast
from tests.models.counter import under_the_mark
from tests.models.desk import Desk
from tests.models.test_unreachable import unfollow

MORE = (
    ("sun_li", Office.PARTY_AFFAIRS_OFFICER, "committee"),
    ("zhao_min", Office.LEADER_IN_CHARGE, "committee"),
    ("chen_jing", Office.LEADER_IN_CHARGE, "second_branch"),
    ("feng_tao", Office.DEPUTY_SECRETARY, "committee"),
)


def follow_up(session: Session, member: Member, number: int, **more: object) -> FollowUp:
    """One more of a member's, due so many days from now."""
    made = under_the_mark(session, member, Month(2026, 10).plus(-number))
    for name, value in {"due": NOW + timedelta(days=number % 5), **more}.items():
        setattr(made, name, value)
    session.flush()
    return made


@pytest.mark.parametrize("seed", range(8))
def test_everybody_finds_what_is_theirs_and_what_they_see(desk: Desk, seed: int) -> None:
    dice, session, cast = random.Random(seed), desk.session, desk.cast
    for name, office, place in dice.sample(MORE, dice.randint(0, len(MORE))):
        held = {"member_id": getattr(cast, name).id, "organization_id": getattr(cast, place).id, "office": office}
        session.add(Appointment(**held, starts_on=date(2026, 1, 1)))
    officers = (cast.wang_jianjun, cast.he_min, cast.sun_lei, cast.qian_jin, cast.zhou_guoping, cast.zhao_min)
    unfollow(desk, *dice.sample(officers, dice.randint(0, 4)))
    people = session.scalars(select(Member).order_by(Member.id)).all()
    made = [
        follow_up(
            session,
            dice.choice((*officers, *people)),
            number,
            kind=dice.choice(list(FollowUpKind)),
            status=dice.choice((*PENDING, FollowUpStatus.OPEN, FollowUpStatus.DONE)),
            named_id=dice.choice((None, None, None, cast.wu_gang.id, cast.zhou_guoping.id)),
        )
        for number in range(30)
    ]
    made.sort(key=lambda one: (one.due, one.id))
    for asker in people:
        mine = [
            one
            for one in made
            if one.status is FollowUpStatus.OPEN and asker.id in {p.id for p in responsible(session, one, NOW)}
        ]
        assert waiting_for(session, asker, NOW) == mine
        seen = [one for one in made if one.status in PENDING and one.member_id != asker.id]
        others = [one for one in seen if sees(session, one, asker, NOW) and one not in mine]
        assert watched(session, asker, NOW, besides=mine, most=3) == (others[:3], len(others))


def test_a_committee_reads_only_what_it_shows(session: Session, cast: Cast) -> None:
    """One with 4,000 follow-ups below it waited for nearly a second."""
    for number in range(9):
        follow_up(session, cast.zhang_san, number)
    session.expire_all()
    notes = take_notes(session)
    assert accountable.watched(session, cast.zhou_guoping, NOW, most=2).number == 9
    assert accountable.waiting_for(session, cast.zhou_guoping, NOW) == []
    of_him = (row for note in notes for row in note.found if row[1:2] == (cast.zhang_san.id,))
    assert sum(len(row) == len(FollowUp.__table__.columns) for row in of_him) == 2
