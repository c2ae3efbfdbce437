"""What is said to whoever is turned away (bot/turns.py): a word to people, a second try to what is no message."""

from datetime import datetime

from bot import trace
from bot.wechat.answers import Answer, TextAnswer
from bot.wechat.door import Later
from bot.wechat.incoming import Incoming

SORRY = "❌ 现在人多，这条没有顾上看。请过一分钟再发一次\n报积分的，可先回“我的申报”，看看有没有记上"
# What a person can simply do again. Any other event says something that nobody would say a second time.
_REPEATABLE = {"event:CLICK", "event:SCAN", "event:scancode_waitmsg"}


def says_itself_again(incoming: Incoming) -> bool:
    """Whether whoever sent it can do so once more."""
    return not incoming.is_event or incoming.kind in _REPEATABLE


def turn_away(incoming: Incoming, now: datetime) -> Answer:
    """The answer of who has no time to look. Raises Later."""
    trace.turned_away()
    if not says_itself_again(incoming):
        raise Later
    return TextAnswer(SORRY)
