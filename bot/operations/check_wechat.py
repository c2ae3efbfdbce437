"""Doctor's look at the official account: token, abilities, templates, and what replaces the abilities it lacks.

Which kind of account may do what stands in bot/wechat/abilities.py. Whether it is certified shows in whether a QR code
with a scene may be made, or, of a subscription account, whether it may ask about a user.
"""

import asyncio
from collections.abc import Iterator

from bot.config import Config, ConfigError, check_account
from bot.operations.findings import Finding, fails, fine, note
from bot.operations.refusals import sentence_of
from bot.program import Program
from bot.wechat import abilities
from bot.wechat.client import Client
from bot.wechat.errors import Fault, Refusal, Unclear
from bot.wechat.templates import DEFAULT
from handlers.announcements import TITLES
from jobs.letters import Channel

NAMES = {"service": "服务号", "subscription": "订阅号"}
PROBE = "doctor"  # the scene of a QR code that nobody is shown, and nobody's openid
LIVES = 60  # seconds


def look(program: Program) -> Iterator[Finding]:
    """Everything about the account."""
    config = program.config
    try:
        check_account(config)
    except ConfigError as error:
        yield from (fails(problem) for problem in error.problems)
    else:
        yield from asyncio.run(_ask(program))
    yield from _channels(config)
    if Channel.TEMPLATE in config.wechat.channels and config.wechat.account == "service":
        yield from _templates(config)


async def _ask(program: Program) -> list[Finding]:
    """Ask for a token, and with it for something that only certified accounts may have."""
    account = program.config.wechat.account
    async with program.client() as client:
        try:
            await client.check_token()
        except (Refusal, Unclear) as error:
            return [fails(f"取不到微信的令牌：{sentence_of(error)}")]
        found = [fine("微信的令牌取得到")]
        try:
            await _probe(client, account)
        except Refusal as refusal:
            if refusal.fault is Fault.CHANNEL:
                return [*found, *_uncertified(account)]
            found.append(note(f"看不出公众号是否已认证：{sentence_of(refusal)}"))
        except Unclear as unclear:
            found.append(note(sentence_of(unclear)))
        else:
            found.append(fine(f"{NAMES[account]}已认证"))
        return [*found, *_lacking(account, certified=True)]


async def _probe(client: Client, account: str) -> None:
    """Ask for what tells whether the account is certified; raises Refusal or Unclear."""
    if account == "service":
        await client.create_qrcode(PROBE, LIVES)
        return
    try:
        await client.user_info(PROBE)
    except Refusal as refusal:
        if refusal.fault is not Fault.USER:  # nobody has this openid, and who may not ask is not told so
            raise


def _uncertified(account: str) -> Iterator[Finding]:
    said = f"{NAMES[account]}没有认证：不能主动推送，通知都等本人发“通知”来看；扫码改为输数字"
    yield fails(said, "请在公众平台申请微信认证") if account == "service" else note(said)
    yield from _lacking(account, certified=False)


def _lacking(account: str, *, certified: bool) -> Iterator[Finding]:
    """What this account cannot serve, and what people do instead."""
    kind = f"{'' if certified else '未认证的'}{NAMES[account]}"
    for ability in abilities.lacking(account, certified=certified):
        yield note(f"{kind}没有{ability.name}，用不了：{ability.serves}", f"替代：{ability.instead}")


def _channels(config: Config) -> Iterator[Finding]:
    """What the kind of account and the channels together leave."""
    channels = config.wechat.channels
    usable = abilities.channels(config.wechat.account, channels)
    vain = [name for name in channels if name not in usable]
    if vain:
        yield note(f"[wechat] channels 里的 {'、'.join(vain)} 订阅号用不了", '可改成 channels = ["custom"]')
    if not channels:
        yield note("[wechat] channels 是空的，什么也不推送", "通知都等本人发“通知”来看")


def _templates(config: Config) -> Iterator[Finding]:
    """Which kinds of notice have a template; the rest wait for an open window or the inbox."""
    own = set(config.wechat.templates)
    strangers = sorted(own - set(TITLES) - {DEFAULT})
    if strangers:
        yield note(f"没有这种通知：{'、'.join(strangers)}", f"可以写：{'、'.join([DEFAULT, *TITLES])}")
    without = [kind for kind in TITLES if kind not in own]
    if DEFAULT in own:
        yield fine(f"模板：{len(own & set(TITLES))} 种通知有自己的，其余 {len(without)} 种用 default")
    elif without:
        remedy = "请加 [wechat.templates.default]，不然只能走客服消息或等本人发“通知”"
        yield note(f"没有模板的通知 {len(without)} 种：{'、'.join(without)}", remedy)
    else:
        yield fine("每种通知都有模板")
