"""Memory of processes that serve: what was made at start stays, so the collector need not look at it for ever.

What the processes that serve have from their parent they share with it, page by page, until one of them writes there; a
collection would write on every page.
"""

import ctypes
import gc

# Objects made since the last look at the young ones; a message makes a few thousand that die with it.
YOUNG = 20_000
# The C library gives threads heaps of their own. Of ours one runs at a time, and each begins with what the processor
# no longer remembers.
_HEAPS, _ONE = -8, 1  # as malloc.h numbers M_ARENA_MAX


def share() -> None:
    """Call once in the parent, when all is loaded that its processes have in common."""
    gc.collect()
    gc.freeze()
    if set_option := getattr(ctypes.CDLL(None), "mallopt", None):  # glibc has it
        set_option(_HEAPS, _ONE)


def settle() -> None:
    """Call once, when everything that lasts has been loaded."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
