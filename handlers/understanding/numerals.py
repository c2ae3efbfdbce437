"""Numbers as people write and say them: 12, 1.5, 两, 俩, 十二, 一百零五, 三点五."""

import re
from decimal import Decimal
from functools import lru_cache

HAN_DIGITS = "零〇一二两俩仨三四五六七八九十百廿卅"
# Possessive, so that nothing reads 十 out of 十二.
NUMBER = rf"(?:\d++(?:\.\d++)?+|[{HAN_DIGITS}]++(?:点[零一二三四五六七八九]++)?+)"
INTEGER = rf"(?:\d++|[{HAN_DIGITS}]++)"
_VALUES = {sign: value for value, signs in enumerate("零〇 一 二两俩 三仨 四 五 六 七 八 九".split()) for sign in signs}
_ARABIC = re.compile(r"\d+(\.\d+)?")
_DIGIT = "[一二两俩三仨四五六七八九]"
_SPOKEN = re.compile(rf"(?:(?P<hundreds>{_DIGIT})百零?)?(?:(?P<tens>{_DIGIT})?(?P<ten>十))?(?P<ones>{_DIGIT})?")


@lru_cache(maxsize=2048)
def number(text: str) -> Decimal | None:
    """The value of a numeral; None for what is none (两三 is said of two or three, not of 23)."""
    if _ARABIC.fullmatch(text):
        return Decimal(text)
    whole, point, part = text.replace("廿", "二十").replace("卅", "三十").partition("点")
    value = _whole(whole)
    if value is None or (point and not (part and set(part) <= _VALUES.keys())):
        return None
    return Decimal(f"{value}.{''.join(str(_VALUES[sign]) for sign in part)}") if point else Decimal(value)


def _whole(text: str) -> int | None:
    if text and all(sign in _VALUES for sign in text):
        # 二〇二六, 四八三: digits read out one by one; a pair like 三四 is a guess.
        if len(text) == 1 or len(text) > 2 or text[1] in "零〇":
            return int("".join(str(_VALUES[sign]) for sign in text))
        return None
    found = _SPOKEN.fullmatch(text)
    if not text or found is None:
        return None
    tens = _VALUES[found["tens"] or "一"] if found["ten"] else 0
    return 100 * _VALUES[found["hundreds"] or "零"] + 10 * tens + _VALUES[found["ones"] or "零"]


def integer(text: str) -> int | None:
    """As ``number``, whole ones only."""
    value = number(text)
    return int(value) if value is not None and value == value.to_integral_value() else None
