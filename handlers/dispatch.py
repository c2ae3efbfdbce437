"""The explicit list of families: every command the bot knows."""

from collections.abc import Mapping
from functools import cached_property

from handlers import (
    answers,
    approvals,
    attendance,
    attendance_figures,
    claims,
    disclosures,
    evaluations,
    explaining,
    follow_ups,
    help,
    leaving_out,
    meetings,
    minutes,
    notices,
    opinions,
    overview,
    own_claims,
    people,
    points,
    quarters,
    records,
    rounds,
    rulebook,
    spot_checks,
    standings,
    temporary_groups,
    to_do,
)
from handlers.command import Command


class Families:
    """The commands, found by their word or by what people also say."""

    def __init__(self, commands: tuple[Command, ...]) -> None:
        self.commands = commands

    @cached_property
    def words(self) -> Mapping[str, Command]:
        """Every word and synonym, lower case; a word given twice raises ValueError."""
        found: dict[str, Command] = {}
        for command in self.commands:
            for word in command.words:
                if word.lower() in found:
                    raise ValueError(f"{word} is a word of two commands")
                found[word.lower()] = command
        return found

    def find(self, word: str) -> Command | None:
        """The command of exactly this word or synonym."""
        return self.words.get(word.lower())

    def get(self, word: str) -> Command:
        """As ``find``, for words of our own; raises KeyError."""
        return self.words[word.lower()]


FAMILIES = Families(
    (
        *claims.COMMANDS,
        *own_claims.COMMANDS,
        *points.COMMANDS,
        *explaining.COMMANDS,
        *standings.COMMANDS,
        *rulebook.COMMANDS,
        *rounds.COMMANDS,
        *disclosures.COMMANDS,
        *opinions.COMMANDS,
        *answers.COMMANDS,
        *to_do.COMMANDS,
        *approvals.COMMANDS,
        *records.COMMANDS,
        *spot_checks.COMMANDS,
        *follow_ups.COMMANDS,
        *quarters.COMMANDS,
        *evaluations.COMMANDS,
        *leaving_out.COMMANDS,
        *meetings.COMMANDS,
        *attendance.COMMANDS,
        *attendance_figures.COMMANDS,
        *minutes.COMMANDS,
        *notices.COMMANDS,
        *people.COMMANDS,
        *overview.COMMANDS,
        *temporary_groups.COMMANDS,
        *help.COMMANDS,
    )
)
