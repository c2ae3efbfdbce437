"""细则: what gives how many points (S2: 必须熟知支部、本人的评分标准)."""

from decimal import Decimal

import pytest

from bot.office import rulebook_file
from bot.office.rulebooks import SEVEN_CONTENTS
from tests.cast import Cast
from tests.handlers.setting import own_rulebook
from tests.recording import RecordedSay

ITEMS = rulebook_file.read(SEVEN_CONTENTS).items
pytestmark = pytest.mark.sqlite_only  # a rulebook is one document on either


@pytest.mark.manual("member", "细则", title="查哪件事加几分")
def test_the_contents_a_category_and_an_item(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "细则") == (
        "党员积分细则（七项内容）（第1版，2026-01起）\n每月基础70分，合格60分\n星级：60 / 70 / 80 / 88 / 95\n"
        "[参加学习教育] 5项，每月最多加8分\n[严格组织生活] 4项，每月最多加6分\n[履行党员义务] 4项，每月最多加8分\n"
        "[维护自身权益] 2项，每月最多加4分\n[完成业务工作] 5项，每月最多加10分\n[遵守纪律规矩] 4项\n"
        "[志愿服务群众] 4项，每月最多加6分\n[领导干部与支部书记职责] 4项，每月最多加4分"
    )
    assert say(cast.zhang_san, "细则 志愿") == (
        "志愿服务群众，每月最多加6分\n+1/小时 [社区志愿服务]\n+1/户 [走访慰问、上门帮扶]\n"
        "+2/场 [下基层宣讲、咨询服务]\n+3/次 [无偿献血、见义勇为等]"
    )
    assert say(cast.zhang_san, "细则 献血") == (
        "党员积分细则（七项内容）（第1版）\n无偿献血、见义勇为等　+3/次\n每月最多加3分，每年最多加6分\n要有照片佐证\n"
        "申报：[申报 无偿献血、见义勇为等]"
    )


def test_every_item_is_opened_by_its_title_as_the_tap_sends_it(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "细则 社区志愿服务").endswith(
        "\n社区志愿服务　+1/小时\n一次最多8小时，每月最多加4分\n申报：[申报 社区志愿服务]"
    )
    for item in ITEMS:
        assert f"\n{item.title}　" in say(cast.zhang_san, f"细则 {item.title}")


def test_every_item_is_claimed_by_its_title_as_the_tap_sends_it(say: RecordedSay, cast: Cast) -> None:
    for item in ITEMS:
        if item.claimable and not item.roles:
            answer = say(cast.zhang_san, f"申报 {item.title}")
            assert item.title in answer
            assert "哪一项" not in answer
            say(cast.zhang_san, "取消")


def test_several_items_of_a_keyword(say: RecordedSay, cast: Cast) -> None:
    shown = say(cast.zhang_san, "细则 任务")
    assert shown.startswith("和“任务”有关的 ")
    assert "+2/项 [完成党组织交办的任务]" in shown


def test_what_attendance_credits_needs_no_claim(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "细则 迟到").endswith("\n会议签到后自动计分，不用申报")


def test_what_the_branch_records_is_not_claimed(say: RecordedSay, cast: Cast) -> None:
    shown = say(cast.zhang_san, "细则 通报")
    assert shown.endswith("\n受通报批评、批评教育、提醒谈话　−10/次\n要有照片佐证\n由支部登记，不用本人申报")


def test_a_zeroing_has_no_points(say: RecordedSay, cast: Cast) -> None:
    assert "\n归零 [受组织处理、党纪处分]" in say(cast.zhang_san, "细则 纪律")


def test_an_unknown_word_leads_back_to_the_contents(say: RecordedSay, cast: Cast) -> None:
    assert say(cast.zhang_san, "细则 阿巴") == "细则里没有找到“阿巴”\n看全部：[细则]"


def test_a_rulebook_may_have_no_stars(say: RecordedSay, cast: Cast) -> None:
    own_rulebook(cast, stars=())
    assert say(cast.sun_li, "细则").split("\n")[1:3] == ["每月基础70分，合格60分", "[参加学习教育] 5项"]
    assert "★" not in say(cast.sun_li, "我")
    assert "再得" not in say(cast.sun_li, "积分")


def test_an_item_may_have_a_description_and_no_caps(say: RecordedSay, cast: Cast) -> None:
    own_rulebook(cast, cap_month=None, cap_year=None, max_quantity=Decimal(1), description="以工作记录为准")
    assert say(cast.sun_li, "细则 社区志愿服务").endswith(
        "\n社区志愿服务　+1/小时\n以工作记录为准\n申报：[申报 社区志愿服务]"
    )
