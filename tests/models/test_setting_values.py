"""Settings as they are typed and shown: each value checked, each origin named, each change logged."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import setting_values, settings
from models.organizations import Organization
from models.sessions import Sessions
from models.setting_values import BadValue, UnknownSetting
from models.settings import Form, Setting, SettingChange
from tests.cast import NOW, Cast

ALL = pytest.mark.parametrize("setting", settings.ALL.values(), ids=lambda setting: setting.key)
UNDO = settings.UNDO_HOURS


def shown(session: Session, organization: Organization, setting: Setting[Any]) -> tuple[str, str]:
    found = {line.setting.key: line for line in setting_values.show(session, organization)}
    assert found.keys() == settings.ALL.keys()
    return found[setting.key].value, found[setting.key].origin


def test_every_setting_of_the_module_is_listed():
    defined = [value for value in vars(settings).values() if isinstance(value, Setting)]
    assert list(settings.ALL.values()) == [*defined, *settings.MEETING_CADENCES.values()]
    assert len(defined) >= 8


@ALL
def test_every_default_is_a_value_one_may_type(setting: Setting[Any]):
    assert setting_values.read(setting, setting_values.written(setting.default)) == setting.default
    assert setting.title


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("claims.undo_hours", " 48 ", 48),
        ("month.spot_share", "0", 0),
        ("standings.shown", "own", "own"),
        ("notices.digest", "08:00，12:00 17:30", ["08:00", "12:00", "17:30"]),
        ("meetings.reminders", "2D、1h 30m", ["2d", "1h", "30m"]),
        ("meetings.reminders", "空", []),
        ("notices.digest", "空", []),
        ("notices.digest", "", []),
        ("meetings.quiet", "22:30 06:00", ["22:30", "06:00"]),
        ("meetings.quiet", "无", []),
        ("month.consequences_from", "2026-10", "2026-10"),
        ("month.consequences_from", "空", ""),
    ],
)
def test_values_that_fit(key: str, text: str, value: object):
    assert setting_values.read(setting_values.find(key), text) == value


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("claims.undo_hours", "两天", "1到720的整数"),
        ("claims.undo_hours", "0", "1到720的整数"),
        ("claims.undo_hours", "721", "1到720的整数"),
        ("claims.undo_hours", "1.5", "1到720的整数"),
        ("claims.remind_after", "-1", "1到60的整数"),
        ("standings.shown", "all", "first_three、everyone、own、off 中的一个"),
        ("notices.digest", "8:00", "几点几分"),
        ("notices.digest", "24:00", "几点几分"),
        ("notices.digest", "12:00 12:00", "几点几分"),
        ("meetings.reminders", "一天", "多久"),
        ("meetings.reminders", "1h 1h", "多久"),
        ("meetings.reminders", "0d", "多久"),
        ("meetings.quiet", "22:00", "起止两个时间"),
        ("meetings.quiet", "晚上", "起止两个时间"),
        ("month.consequences_from", "2026-13", "一个月份"),
    ],
)
def test_values_that_do_not_fit(key: str, text: str, says: str):
    with pytest.raises(BadValue, match=says) as refused:
        setting_values.read(setting_values.find(key), text)
    assert f"您写的是“{text}”" in refused.value.sentence
    assert refused.value.example.startswith(f"xianfeng settings set {key} ")


def test_an_example_with_spaces_is_quoted():
    with pytest.raises(BadValue) as refused:
        setting_values.read(settings.NOTICES_DIGEST, "x")
    assert refused.value.example == 'xianfeng settings set notices.digest "12:00 17:30"'


def test_an_unknown_key_is_refused_with_the_list():
    with pytest.raises(UnknownSetting, match=r"没有“no.such”这项设置，有的是：standings.shown、notices.digest、"):
        setting_values.find("no.such")


def test_a_form_can_be_said(session: Session):
    assert setting_values.form_of(settings.QUIET_HOURS) is Form.FROM_UNTIL
    assert setting_values.form_of(settings.NOTICES_DIGEST) is Form.TIMES


def test_where_a_value_comes_from(sessions: Sessions, cast: Cast):
    configured = Sessions(sessions.engine, defaults={UNDO.key: 48, "notices.digest": ["12:00", "17:30"]})
    with configured.write() as session:
        here = cast.of(session)
        assert shown(session, here.first_branch, settings.NOTICES_DIGEST) == ("12:00 17:30", "默认")
        assert shown(session, here.first_branch, UNDO) == ("48", "配置文件")
        settings.put(session, UNDO, 36, organization_id=None, by_id=None, now=NOW)
        assert shown(session, here.first_branch, UNDO) == ("36", "对所有组织设的")
        setting_values.change(session, UNDO, "24", organization=here.committee, by=None, now=NOW)
        assert shown(session, here.first_branch, UNDO) == ("24", "沿用机关党委")
        later = NOW + timedelta(minutes=1)
        setting_values.change(session, UNDO, "12", organization=here.first_branch, by=here.zhou_guoping, now=later)
        assert shown(session, here.first_branch, UNDO) == ("12", "自己设的")
        assert shown(session, here.second_branch, UNDO) == ("24", "沿用机关党委")
        log = session.execute(select(SettingChange.value, SettingChange.changed_by_id).order_by(SettingChange.id)).all()
        assert [tuple(row) for row in log] == [(36, None), (24, None), (12, here.zhou_guoping.id)]


def test_a_value_that_does_not_fit_changes_nothing(session: Session, cast: Cast):
    with pytest.raises(BadValue):
        setting_values.change(session, UNDO, "x", organization=cast.committee, by=None, now=NOW)
    assert session.scalars(select(SettingChange)).all() == []
