"""The shape of a line: what readers of days and quantities see of it.

To their expressions one character that none of them names is as good as another, so lines that differ in such
characters alone have their days and quantities at the same places: 清扫河堤 and 看望老人 are read once for all.
"""

import inspect
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType

ANY = "囗"  # stands for all of them
FIRST, LAST = "\u4e00", "\u9fff"  # expressions take these as a whole, or name single ones


class _Shape(dict[int, str]):
    """Each character as it is, or ANY; worked out once."""

    def __init__(self, named: set[str]) -> None:
        self._named = named

    def __missing__(self, code: int) -> str:
        char = chr(code)
        shown = self[code] = ANY if FIRST <= char <= LAST and char not in self._named else char
        return shown


def shaper(*readers: ModuleType) -> Callable[[str], str]:
    """What makes a line's shape for readers; whatever stands anywhere in their source counts as named."""
    shape = _Shape(set().union(*map(inspect.getsource, readers)))
    # The kinds of argument look at one line after another, and several at the same.
    return lru_cache(maxsize=256)(lambda line: str(line).translate(shape))
