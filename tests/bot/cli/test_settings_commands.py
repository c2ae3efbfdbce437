"""``settings``: every setting with its value and where it comes from; a change is checked and logged."""

from sqlalchemy import select

from models import settings
from models.settings import SettingChange


def test_every_setting_is_shown_with_its_origin(office, cast):
    said = office.ok("settings", "show", "--org", "第一支部").splitlines()
    assert said[0] == "第一支部的设置"
    assert [line.split(" = ")[0] for line in said[1:]] == list(settings.ALL)
    assert "claims.undo_hours = 24　审核后几小时内可撤销（默认）" in said


def test_a_change_holds_below_and_is_logged(office, cast):
    assert office.ok("settings", "set", "claims.undo_hours", "48") == (
        "机关党委：审核后几小时内可撤销（claims.undo_hours）改为 48\n"
    )
    office.ok("settings", "set", "notices.digest", "空", "--org", "第二支部")
    assert "claims.undo_hours = 48　审核后几小时内可撤销（沿用机关党委）" in office.ok(
        "settings", "show", "--org", "第一支部"
    )
    assert "notices.digest = 空　" in office.ok("settings", "show", "--org", "第二支部")
    with office.sessions.read() as session:
        log = session.execute(select(SettingChange.key, SettingChange.value, SettingChange.organization_id)).all()
    assert [tuple(row) for row in log] == [
        ("claims.undo_hours", 48, cast.committee.id),
        ("notices.digest", [], cast.second_branch.id),
    ]


def test_what_does_not_fit_is_refused_in_one_line(office, cast):
    said = office.refused("settings", "set", "claims.undo_hours", "很久")
    assert said == (
        "审核后几小时内可撤销（claims.undo_hours）要写1到720的整数，您写的是“很久”；"
        "例如 xianfeng settings set claims.undo_hours 24\n"
    )
    assert office.refused("settings", "set", "no.such", "1").startswith(
        "没有“no.such”这项设置，有的是：standings.shown、"
    )
    assert "没有“第九支部”这个组织" in office.refused("settings", "show", "--org", "第九支部")
