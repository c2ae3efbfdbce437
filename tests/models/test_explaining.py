"""Opening a number: the entry, its claim, who decided, and who may ask (chat: 解释)."""

import pytest

from models import explaining, ledger
from models.errors import NotFound
from models.rulebooks import Source
from tests.cast import NOW
from tests.models.desk import NOVEMBER, D, Desk


def test_an_entry_is_shown_to_its_member_its_decider_and_who_reviews(desk: Desk):
    desk.approve(desk.claim(), by=desk.cast.wang_jianjun)
    entry = desk.entries()[0]
    for name in ("zhang_san", "wang_jianjun", "li_si", "he_min", "sun_lei", "zhou_guoping"):
        assert explaining.entry_for(desk.session, entry.id, getattr(desk.cast, name), NOW) is entry
    assert explaining.decider_of(desk.session, entry) is desk.cast.wang_jianjun


@pytest.mark.parametrize("name", ["wang_fang", "ma_chao", "qian_jin", "sun_li"])
def test_to_everyone_else_it_does_not_exist(desk: Desk, name: str):
    desk.credit()
    entry, asker = desk.entries()[0], getattr(desk.cast, name)
    sentences = set()
    for number in (entry.id, entry.id + 1):
        with pytest.raises(NotFound) as refused:
            explaining.entry_for(desk.session, number, asker, NOW)
        sentences.add(refused.value.sentence.replace(str(number), ""))
    assert sentences == {"没有找到 J，请看一下编号"}


def test_an_entry_leads_to_its_claim_also_a_reversal(desk: Desk):
    claim = desk.approve(desk.claim())
    desk.undo(claim)
    assert [explaining.claim_id_of(entry) for entry in desk.entries()] == [claim.id, claim.id]


def test_an_entry_without_a_claim_or_a_decider(desk: Desk):
    member = desk.cast.zhang_san
    ledger.lock_for(desk.session, member.id, member.branch_id)
    entry = ledger.write(
        desk.session,
        member,
        D(3),
        branch_id=member.branch_id,
        about=NOVEMBER,
        source=Source.OPENING,
        cause=f"opening:{member.id}:2026-11",
        by=None,
        now=NOW,
    )
    assert explaining.claim_id_of(entry) is None
    assert explaining.decider_of(desk.session, entry) is None


def test_who_may_decide_a_claim(desk: Desk):
    claim = desk.claim()
    may = [
        n
        for n in ("zhang_san", "li_si", "wang_jianjun", "he_min", "qian_jin")
        if explaining.may_decide(desk.session, claim, getattr(desk.cast, n), NOW)
    ]
    assert may == ["li_si", "wang_jianjun"]
