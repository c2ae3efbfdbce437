"""Numbers as people write and say them: 12, 1.5, 两, 俩, 十二, 一百零五, 三点五."""

import re
from decimal import Decimal
from functools import lru_cache

HAN_DIGITS = "零〇一二两俩仨三四五六七八九十百廿卅"
# Possessive, so that nothing reads 十 out of 十二.
NUMBER = rf"(?:\d++(?:\.\d++)?+|[{HAN_DIGITS}]++(?:点[零一二三四五六七八九]++)?+)"
INTEGER = rf"(?:\d++|[{HAN_DIGITS}]++)"
_VALUES = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "仨": 3, "三": 3, "四": 4, "五": 5} | {
    "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "廿": 20, "卅": 30
}  # fmt: skip
_ARABIC = re.compile(r"\d+(\.\d+)?")


@lru_cache(maxsize=2048)
def number(text: str) -> Decimal | None:
    """The value of a numeral; None for what is none (一二 is said of one or two, not of 12)."""
    if _ARABIC.fullmatch(text):
        return Decimal(text)
    if text in _VALUES:
        return Decimal(_VALUES[text])
    return _spoken(text)


def _spoken(text: str) -> Decimal | None:
    whole, point, part = text.partition("点")
    if whole and not point and not any(sign in whole for sign in "十百廿卅"):
        # 二〇二六, 四八三: digits read out one by one; 两三, 三四 are guesses, not numbers.
        if len(whole) >= 3 or (len(whole) == 2 and whole[1] in "零〇"):
            return Decimal("".join(str(_VALUES[sign]) for sign in whole))
        return None
    from cn2an import cn2an  # imported when first needed: its tables take a moment

    regular = whole.replace("俩", "两").replace("仨", "三").replace("廿", "二十").replace("卅", "三十")
    try:
        value = Decimal(str(cn2an(regular + (f"点{part}" if point else ""), "smart")))
    except ValueError:
        return None
    return value


def integer(text: str) -> int | None:
    """As ``number``, whole ones only."""
    value = number(text)
    return int(value) if value is not None and value == value.to_integral_value() else None
