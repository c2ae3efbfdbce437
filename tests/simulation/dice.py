"""Chance by name: what is thrown depends on the seed and on what it is thrown for, and on nothing else."""

from collections.abc import Mapping
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice(Random):
    """Random numbers with the two questions that are asked of them here."""

    def chance(self, share: float) -> bool:
        """True in so many of one."""
        return self.random() < share

    def pick(self, weights: Mapping[T, float]) -> T:
        """One of these, as often as its weight says."""
        return self.choices(list(weights), list(weights.values()))[0]


def dice(*names: object) -> Dice:
    """The dice of a name, the same in every run."""
    return Dice(":".join(map(str, names)))
