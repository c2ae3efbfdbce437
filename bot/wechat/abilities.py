"""What each kind of account may use, and what serves instead of what it may not (wechat.md 5.5).

Whether an account is certified (微信认证) cannot be read anywhere: it shows in what the platform refuses.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from jobs.letters import Channel

SERVICE_ONLY = (Channel.TEMPLATE, Channel.SUBSCRIBE)


@dataclass(frozen=True, slots=True)
class Ability:
    """Something of the platform: what of the chat it serves, and what people do without it."""

    name: str
    serves: str
    instead: str
    subscription: bool  # whether a certified subscription account has it, too


# Of all this an account without a certificate has nothing.
ABILITIES = (
    Ability("模板消息和订阅通知", "各种通知", "走客服消息（本人48小时内发过话），或等本人发“通知”来看", False),
    Ability("带参数的二维码", "“签到”扫码", "改为输会场屏幕上的6位数字", False),
    Ability("客服消息", "通知里可以点的按钮", "按钮写成文字，照着发就行；通知等本人发“通知”来看", True),
    Ability("素材接口", "“申报”“补充”“会议记录”里的照片", "照片收不下来，佐证请交给组长当面看", True),
    Ability("自定义菜单接口", "xianfeng menu push", "在公众平台上手工设置菜单，或直接打字", True),
)


def channels(account: str, configured: Iterable[str]) -> list[Channel]:
    """Those of the configured channels that this kind of account can have at all, in their order."""
    wanted = [Channel(name) for name in configured]
    return wanted if account == "service" else [channel for channel in wanted if channel not in SERVICE_ONLY]


def lacking(account: str, *, certified: bool) -> list[Ability]:
    """What an account of this kind cannot use."""
    return [one for one in ABILITIES if not certified or (account == "subscription" and not one.subscription)]
