"""What is said to whoever is turned away (bot/turns.py): a word to people, a second try to what is no message."""

from datetime import datetime

from flask import request

from bot import trace
from bot.observing import AnswerFunction
from bot.turns import TURNED_AWAY
from bot.wechat.answers import Answer, TextAnswer
from bot.wechat.incoming import Incoming
from bot.wechat.view import Later

SORRY = "❌ 现在人多，这条没有顾上看。请过一分钟再发一次\n报积分的，可先回“我的申报”，看看有没有记上"
# What a person can simply do again. Any other event says something that nobody would say a second time.
_REPEATABLE = {"event:CLICK", "event:SCAN", "event:scancode_waitmsg"}


def says_itself_again(incoming: Incoming) -> bool:
    """Whether whoever sent it can do so once more."""
    return not incoming.is_event or incoming.kind in _REPEATABLE


def spared(answer: AnswerFunction) -> AnswerFunction:
    """The same answers, but for requests that were turned away."""

    def answered(incoming: Incoming, now: datetime) -> Answer | None:
        if TURNED_AWAY not in request.environ:
            return answer(incoming, now)
        trace.turned_away()
        if not says_itself_again(incoming):
            raise Later
        return TextAnswer(SORRY)

    return answered
