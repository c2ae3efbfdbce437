"""Doctor's look at the official account: token, abilities, templates, and what replaces the abilities it lacks.

Which kind of account may do what stands in wechat.md 5.5. Whether it is certified cannot be read anywhere: it shows
in whether a QR code with a scene may be made, which only certified service accounts may.
"""

import asyncio
from collections.abc import Iterator

from bot.config import Config, ConfigError, check_account
from bot.operations.findings import Finding, fails, fine, note
from bot.operations.refusals import sentence_of
from bot.program import Program
from bot.wechat.errors import Fault, Refusal, Unclear
from bot.wechat.templates import DEFAULT
from handlers.announcements import TITLES
from jobs.notices import Channel

PROBE = "doctor"  # the scene of a QR code that nobody is shown
LIVES = 60  # seconds
WITHOUT_CERTIFICATE = "没有认证：不能主动推送，通知都等本人发“通知”来看；扫码改为输数字；菜单要在公众平台上手工设置"
SUBSCRIPTION = (
    "订阅号没有模板消息和带参数的二维码：通知走客服消息（本人48小时内发过话）或等本人发“通知”；扫码改为输数字"
)


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
    """Ask for a token, and with it for a QR code."""
    async with program.client() as client:
        try:
            await client.check_token()
        except (Refusal, Unclear) as error:
            return [fails(f"取不到微信的令牌：{sentence_of(error)}")]
        found = [fine("微信的令牌取得到")]
        if program.config.wechat.account == "subscription":
            return found
        try:
            await client.create_qrcode(PROBE, LIVES)
        except Refusal as refusal:
            if refusal.fault is Fault.CHANNEL:
                return [*found, fails(f"服务号{WITHOUT_CERTIFICATE}", "请在公众平台申请微信认证")]
            return [*found, note(f"带参数的二维码没有做成：{sentence_of(refusal)}")]
        except Unclear as unclear:
            return [*found, note(sentence_of(unclear))]
        return [*found, fine("服务号已认证：模板消息、客服消息、带参数的二维码都可用")]


def _channels(config: Config) -> Iterator[Finding]:
    """What the kind of account and the channels together leave."""
    channels = config.wechat.channels
    if config.wechat.account == "subscription":
        yield note(SUBSCRIPTION)
        vain = [name for name in channels if name in (Channel.TEMPLATE, Channel.SUBSCRIBE)]
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
