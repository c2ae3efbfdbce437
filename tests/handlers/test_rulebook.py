"""细则: what gives how many points (S2: 必须熟知支部、本人的评分标准)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import update

from bot.office import rulebook_file
from bot.office.rulebooks import SEVEN_CONTENTS
from models import consultations
from models.months import Month, at
from models.rulebooks import Rulebook, RulebookVersion
from tests.cast import NOW, Cast
from tests.handlers.setting import own_rulebook
from tests.recording import Arrivals, RecordedSay

SHIPPED = rulebook_file.read(SEVEN_CONTENTS)
ITEMS = SHIPPED.items
DECEMBER = Month(2026, 12)
SETTLED = at(date(2026, 11, 28), 9)  # the consultation is over, December has not begun
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


def draft(cast: Cast, book: Rulebook) -> None:
    with cast.sessions.write() as session:
        consultations.propose(session, cast.of(session).committee, replace(book, effective_from=DECEMBER), now=NOW)


@pytest.fixture
def changed() -> Rulebook:
    """One item more, one less, one with other points and one with other caps; 75 points to begin with."""
    first, second, *rest = ITEMS
    new = replace(first, code="值班-01", title="节假日值班", points=Decimal("1.5"), unit="班")
    dearer = replace(second, points=second.points + 1, cap_month=None)
    items = (dearer, replace(rest[0], description="以签到为准"), *rest[1:], new)
    return replace(SHIPPED, base=Decimal(75), items=items)


@pytest.mark.manual("member", "细则草案", title="新细则起用前，看草案、提意见")
def test_a_draft_is_told_read_and_commented(say: RecordedSay, cast: Cast, arrived: Arrivals, changed: Rulebook) -> None:
    draft(cast, changed)
    told = (
        "党员积分细则（七项内容）有新版草案，12月起用\n新增1项，去掉1项，改动2项；每月基础分70→75\n"
        "11月27日24点前可以提意见，例如：建议 细则 值班也应当加分\n[看草案]"
    )
    assert arrived(cast.zhang_san) == [told]
    shown = say(cast.zhang_san, "细则 草案")
    assert shown.startswith(
        "党员积分细则（七项内容）（第2版草案），12月起用\n11月27日24点前可以提意见，例如：建议 细则 值班也应当加分\n"
        "新增1项，去掉1项，改动2项；每月基础分70→75\n"
    )
    assert "\n新增：+1.5/班 [节假日值班]\n" in shown
    assert f"\n去掉：+3/月 {ITEMS[0].title}\n" in shown
    assert f"\n改动：[{ITEMS[2].title}] 名称、佐证等有改动\n" in shown
    assert say(cast.zhang_san, "建议 细则 值班一次加1分就够了") == (
        "✅ Y1 建议已收到：细则草案（第2版）\n由机关党委书记周国平答复，11月27日前有结果，会告诉您"
    )


def test_a_draft_is_looked_up_like_the_rulebook(say: RecordedSay, cast: Cast, changed: Rulebook) -> None:
    for line in ("细则 草案", "细则草案"):
        assert say(cast.zhang_san, line) == "现在没有征求意见的细则草案\n看现行的：[细则]"
    draft(cast, changed)
    assert say(cast.zhang_san, "细则").endswith("\n新版从12月起用，11月27日24点前可以提意见 [看草案]")
    opened = say(cast.zhang_san, "细则 草案 节假日值班")
    assert opened.startswith("党员积分细则（七项内容）（第2版）\n节假日值班　+1.5/班\n")
    assert "申报：" not in opened  # it cannot be claimed yet
    assert "+1.5/班 [节假日值班]" in say(cast.zhang_san, "细则 征求意见 学习")
    assert "节假日值班" not in say(cast.zhang_san, "细则 学习")
    assert say(cast.zhang_san, "细则 草案 阿巴") == "细则里没有找到“阿巴”\n看全部：[细则 草案]"
    assert say(cast.zhou_guoping, "细则 草案").split("\n")[-2] == "还没有收到意见"
    say(cast.zhang_san, "建议 草案里值班的分太高")
    assert say(cast.zhou_guoping, "细则 草案").split("\n")[-2] == "收到意见 1 条，未答复 1 条 [待办]"
    assert "收到意见" not in say(cast.zhang_san, "细则 草案")


def test_after_the_consultation_a_draft_is_still_read(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    draft(cast, replace(SHIPPED, stars=(), ceiling=None, categories=SHIPPED.categories[:8], name="新细则"))
    assert "\n星级60/70/80/88/95→不设" not in say(cast.zhang_san, "细则 草案")
    shown = say(cast.zhang_san, "细则 草案", at=SETTLED).split("\n")
    assert shown[:3] == [
        "新细则（第2版草案），12月起用",
        "征求意见已在11月27日结束",
        "最高分100→不限；星级60/70/80/88/95→不设",
    ]
    assert say(cast.zhang_san, "细则", at=SETTLED).endswith("\n新版从12月起用 [看草案]")
    assert arrived(cast.zhang_san, at=SETTLED)[0].split("\n")[-1] == "[看草案]"


def test_of_a_draft_that_holds_there_is_nothing_to_say(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    draft(cast, replace(SHIPPED, rewards=(), name="新细则"))
    assert "\n星级奖惩有调整\n" in say(cast.zhang_san, "细则 草案")
    assert arrived(cast.zhang_san, at=at(date(2026, 12, 1), 9)) == []


def test_a_withdrawn_draft_is_told(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    draft(cast, replace(SHIPPED, name="新细则"))
    arrived(cast.zhang_san)
    with cast.sessions.write() as session:
        consultations.withdraw(session, cast.of(session).committee, now=NOW)
    assert arrived(cast.zhang_san) == ["新细则第2版草案已撤回，不再起用\n现行的细则不变 [细则]"]


def test_a_first_draft_changes_nothing_yet(say: RecordedSay, cast: Cast, arrived: Arrivals) -> None:
    with cast.sessions.write() as session:
        mine = cast.of(session)
        session.query(RulebookVersion).delete()
        first = replace(SHIPPED, effective_from=DECEMBER)
        consultations.propose(session, mine.committee, first, now=NOW, consulted=True)
    assert arrived(cast.zhang_san)[0].split("\n")[1] == "这是第一版"
    assert say(cast.zhang_san, "细则 草案").split("\n")[2].startswith("看草案全文：[参加学习教育]")
    with cast.sessions.write() as session:
        session.execute(update(RulebookVersion).values(consultation_until=None))
    shown = say(cast.zhang_san, "细则 草案").split("\n")
    assert shown[0].endswith("（第1版草案），12月起用")
    assert shown[1].startswith("看草案全文：")
