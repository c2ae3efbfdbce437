"""A small memory of what took work to make."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Values by key, made when first asked for; all are dropped when there are too many."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._values: dict[K, V] = {}

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of a key."""
        found = self._values.get(key)
        if found is None:
            if len(self._values) >= self.most:
                self._values.clear()
            found = self._values[key] = make()
        return found
