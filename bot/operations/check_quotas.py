"""Doctor's look at what was sent today: how much of each quota is used, and what the platform has stopped."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.operations.findings import Finding, fine, note
from bot.operations.refusals import sentence_of
from bot.wechat.errors import Fault, Refusal, fault_of
from jobs.letters import Channel
from models import quotas
from models.months import SHANGHAI, shanghai_day
from models.quotas import NO_LIMIT, Limit, Quota

NAMES = {Channel.TEMPLATE: "模板消息", Channel.SUBSCRIBE: "订阅通知", Channel.CUSTOM: "客服消息"}
RECENT = timedelta(days=1)


def look(session: Session, now: datetime, limits: Mapping[Channel, Limit]) -> Iterator[Finding]:
    """Each channel that was used."""
    used = []
    for quota in quotas.found(session):
        channel = Channel(quota.channel)
        limit = limits.get(channel, NO_LIMIT)
        today = quota.used if quota.day == shanghai_day(now) else 0
        used.append(f"{NAMES[channel]} {today}{f'/{limit.per_day}' if limit.per_day else ''}")
        yield from _trouble(quota, NAMES[channel], now)
        if limit.per_day and today >= limit.informing():
            said = f"{NAMES[channel]}今天的次数快用完了（{today}/{limit.per_day}）"
            yield note(said, "剩下的先发要人答复的，其余走别的方式或等本人发“通知”来看")
    if used:
        yield fine(f"今天发出：{'，'.join(used)}")


def _trouble(quota: Quota, name: str, now: datetime) -> Iterator[Finding]:
    """What the platform refused for the account's sake in the last day, and until when the channel rests."""
    if quota.code is None or quota.refused_at is None or now - quota.refused_at > RECENT:
        return
    fault = fault_of(quota.code)
    rests = quota.rests_until is not None and now < quota.rests_until
    if fault is Fault.WAIT and not rests:
        return
    until = f"，停到 {_shown(quota.rests_until)}" if rests and quota.rests_until else ""
    said = sentence_of(Refusal(quota.code, fault, f"{_shown(quota.refused_at)} 的答复"))
    yield note(f"{name}{until}：{said}")


def _shown(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%m-%d %H:%M")
