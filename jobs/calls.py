"""Many calls of the platform at once; one that fails for a mistake of ours holds up no other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

AT_ONCE = 16


async def make(calls: Sequence[Callable[[], Awaitable[bool]]]) -> int:
    """Make calls, not too many at one moment; returns how many came to something.

    What a call raises is raised when all have been made, in a group.
    """
    places = asyncio.Semaphore(AT_ONCE)

    async def one(call: Callable[[], Awaitable[bool]]) -> bool:
        async with places:
            return await call()

    outcomes = await asyncio.gather(*map(one, calls), return_exceptions=True)
    failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    if failures:
        raise BaseExceptionGroup("calls that failed", failures)
    return sum(outcome is True for outcome in outcomes)
