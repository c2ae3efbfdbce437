"""How text sounds: toneless pinyin with the finals that dictation and dialects mix up made one.

志/自/至, 申/身/深, 四/是, 林/灵, 拿/那 sound alike here; 新的 and 心得 do too, so a sound alone never acts.
"""

import os
import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


@lru_cache(maxsize=16384)
def syllable(char: str) -> str:
    """The plain toneless reading of a character; Latin letters and digits are themselves."""
    if char < "\u3400":
        return char
    return str(_reader()(char)[0])


@cache
def _reader() -> Callable[[str], list[str]]:
    """Imported when first needed: its dictionary takes a while. Of phrases it need know none, which spares 45 MB."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return lazy_pinyin


@lru_cache(maxsize=16384)
def sound(char: str) -> str:
    """As ``syllable``, with what is easily confused made one."""
    read = syllable(char)
    if char < "\u3400":
        return read
    for one, other in _ALIKE:
        read = read.replace(one, other)
    return "n" + read[1:] if read.startswith("l") else read


def sounds(text: str) -> tuple[str, ...]:
    """One sound per character."""
    return tuple(map(sound, text))


def pinyin(text: str) -> str:
    """A phrase as one types it in pinyin: zhiyuanfuwu."""
    return "".join(map(syllable, text))


def initials(text: str) -> str:
    """A phrase as an abbreviation: zyfw."""
    return "".join(syllable(char)[0] for char in text)


_LATIN = re.compile(r"[a-z]+(?:[ '][a-z]+)*")
_WORD = re.compile(r"[a-z]+")
_MOST = 6


def spelt(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """What may be pinyin in a text, without gaps between the syllables, the longest first, and where it stands."""
    for run in _LATIN.finditer(text):
        words = [word.span() for word in _WORD.finditer(text, run.start(), run.end())][:_MOST]
        for length in range(len(words), 0, -1):
            for first in range(len(words) - length + 1):
                start, end = words[first][0], words[first + length - 1][1]
                yield text[start:end].replace(" ", "").replace("'", ""), (start, end)
