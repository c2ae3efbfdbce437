"""Settings: an organization's own, else the level above's, else the configuration's, else the built-in."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import settings
from models.organizations import Organization
from models.sessions import Sessions
from models.settings import SettingChange
from tests.cast import NOW, Cast

UNDO = settings.UNDO_HOURS


def put(session: Session, value: int, organization: Organization | None, *, later: int = 0) -> None:
    organization_id = organization.id if organization else None
    settings.put(session, UNDO, value, organization_id=organization_id, by_id=None, now=NOW + timedelta(seconds=later))


def test_a_setting_nobody_touched_has_its_default(session: Session, cast: Cast):
    assert settings.get(session, UNDO, cast.first_branch.id) == 24
    assert settings.get(session, UNDO, None) == 24


def test_the_configuration_stands_before_the_built_in_default(sessions: Sessions, cast: Cast):
    configured = Sessions(sessions.engine, defaults={UNDO.key: 48})
    with configured.read() as session:
        assert settings.get(session, UNDO, cast.first_branch.id) == 48
    with configured.write() as session:
        put(session, 12, cast.of(session).committee)
    with configured.read() as session:
        assert settings.get(session, UNDO, cast.first_branch.id) == 12


def test_an_organization_has_the_value_of_the_nearest_level_above(session: Session, cast: Cast):
    put(session, 12, cast.committee)
    assert settings.get(session, UNDO, cast.first_group.id) == 12
    put(session, 6, cast.first_branch)
    assert settings.get(session, UNDO, cast.first_group.id) == 6
    assert settings.get(session, UNDO, cast.second_branch.id) == 12


def test_a_value_for_everyone_stands_behind_that_of_any_organization(session: Session, cast: Cast):
    put(session, 36, None)
    put(session, 6, cast.first_branch)
    assert settings.get(session, UNDO, cast.second_branch.id) == 36
    assert settings.get(session, UNDO, cast.first_branch.id) == 6
    assert settings.get(session, UNDO, None) == 36


def test_the_newest_value_holds_and_the_older_ones_are_the_log(session: Session, cast: Cast):
    for number, value in enumerate((12, 6)):
        put(session, value, cast.committee, later=number)
    assert settings.get(session, UNDO, cast.committee.id) == 6
    assert session.scalars(select(SettingChange.value).order_by(SettingChange.id)).all() == [12, 6]


def test_other_settings_are_left_alone(session: Session, cast: Cast):
    put(session, 12, cast.committee)
    assert settings.get(session, settings.REMIND_AFTER, cast.committee.id) == 2
    assert settings.get(session, settings.NOTICES_DIGEST, cast.committee.id) == ["12:00", "17:30"]


def test_a_value_that_was_taken_back_is_not_remembered(session: Session, cast: Cast):
    """What a refused act had set is gone with its savepoint, also for the rest of the same message."""
    savepoint = session.begin_nested()
    put(session, 1, cast.committee)
    assert settings.get(session, UNDO, cast.committee.id) == 1
    savepoint.rollback()
    assert settings.get(session, UNDO, cast.committee.id) == 24
