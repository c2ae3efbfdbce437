"""Small things every reply is made of: taps, figures, dates, names of months and stars (replies)."""

import re
from datetime import date, datetime
from decimal import Decimal

from models.months import SHANGHAI, Month

# A tap travels through texts between three private-use characters; the edge turns it into a link.
OPEN, MIDDLE, CLOSE = "\ue000", "\ue001", "\ue002"
TAP = re.compile(f"{OPEN}([^{MIDDLE}]*){MIDDLE}([^{CLOSE}]*){CLOSE}")
NO_SECRETS = "请勿发送涉密、案件和内部文件内容"  # where words are asked for that may hold them (rules 33)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+|(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?:[/:?#]\S*)?")
_WIDE = str.maketrans({":": "：", ".": "．", "/": "／"})
_CHINESE = str.maketrans(",;:?()", "，；：？（）")
_HARMFUL = str.maketrans({"<": "＜", ">": "＞", OPEN: "", MIDDLE: "", CLOSE: ""})


def tap(label: str, says: str = "") -> str:
    """A piece of text that sends a whole command when tapped; shown as ``[label]``."""
    return f"{OPEN}{label}{MIDDLE}{says or label}{CLOSE}"


def link(label: str, address: str) -> str:
    """A piece of text that opens an address of ours."""
    return tap(label, address)


def is_address(says: str) -> bool:
    """Whether a tap opens a page rather than sends a command."""
    return says.startswith(("http://", "https://"))


def harmless(typed: str) -> str:
    """What somebody typed, fit to be shown to others: nobody can plant a link (rules 32).

    WeChat makes links of tags and of bare addresses alike, so both lose the characters that make them so.
    """
    text = _ADDRESS.sub(lambda found: found[0].translate(_WIDE), typed.translate(_HARMFUL))
    return " ".join(text.split())


def plain(text: str) -> str:
    """A text as a person reads it, taps as ``[label]``."""
    return TAP.sub(r"[\1]", text)


def figure(points: Decimal) -> str:
    """Points or a quantity without needless zeros: 2, 0.5, 57.25."""
    text = f"{points:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def signed(points: Decimal) -> str:
    """Points with their sign: +2, −1."""
    return f"+{figure(points)}" if points >= 0 else f"−{figure(-points)}"


def day_word(day: date) -> str:
    return f"{day.month}月{day.day}日"


def weekday_word(day: date) -> str:
    return "周" + "一二三四五六日"[day.weekday()]


def time_word(moment: datetime) -> str:
    """A moment as people in Shanghai say it: 11月20日 09:05."""
    local = moment.astimezone(SHANGHAI)
    return f"{day_word(local.date())} {local:%H:%M}"


def month_word(month: Month, now: datetime | None = None) -> str:
    """10月, with the year when it is another one than now's."""
    other = now is not None and Month.of(now).year != month.year
    return f"{month.year}年{month.number}月" if other else f"{month.number}月"


def month_typed(month: Month, now: datetime) -> str:
    """A month as one types it in a command: 11月 for one of the last twelve, else with its year."""
    near = Month.of(now).plus(-11) <= month <= Month.of(now)
    return f"{month.number}月" if near else f"{month.year}年{month.number}月"


def echoed(typed: str, most: int = 20) -> str:
    """The beginning of what somebody typed, said back to them: harmless, and in Chinese punctuation."""
    text = harmless(typed)
    if any("\u4e00" <= char <= "\u9fff" for char in text):
        text = text.translate(_CHINESE)
    return text[:most].strip("，。；：？！,.;:?! ")


def stars_word(count: int) -> str:
    return "★" * count
