"""The words of the commands, prepared once: exact words, cues inside sentences, sounds (chat, the tables).

A command's ``words`` name it; its ``heard`` cues point to it inside a sentence.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from handlers.command import Command
from handlers.understanding.kept import Kept
from handlers.understanding.kinds_of_numbers import NumbersKind
from handlers.understanding.kinds_of_rounds import LetteredKind, OutcomeKind
from handlers.understanding.kinds_of_words import QueryKind, ReasonKind, TextKind
from handlers.understanding.line import Span, folded
from handlers.understanding.sounds import pinyin, sounds

if TYPE_CHECKING:
    from handlers.context import Context
    from handlers.dispatch import Families

# Words of commands that people also say of what they did: 参加专班2次.
DEEDS = frozenset({"专班"})
CLAIM, RECORD, BIND, HELP, EXPLAIN, CHECK_IN = "申报", "代报", "绑定", "帮助", "解释", "签到"
# To whoever may not record for the branch, 加分 is what one claims and 扣分 what one lost.
RECORDS = {"加分": CLAIM, "扣分": "积分"}


@dataclass(frozen=True, slots=True)
class Cue:
    """A command's word or cue found in a text."""

    command: Command
    word: str
    span: Span


@dataclass(frozen=True)
class Vocabulary:
    """What the parser knows of a list of commands."""

    families: "Families"
    _found: Kept[str, tuple[Cue, ...]] = field(default_factory=lambda: Kept(512))

    @cached_property
    def words(self) -> dict[str, Command]:
        return {folded(word): command for word, command in self.families.words.items()}

    @cached_property
    def cues(self) -> dict[str, Command]:
        """Words and cues of at least two characters, longest first."""
        heard = {folded(cue): command for command in self.families.commands for cue in command.heard}
        said = {word: command for command in self.families.commands for word in _outcomes(command)}
        found = said | heard | self.words
        return {cue: found[cue] for cue in sorted(found, key=len, reverse=True) if len(cue) > 1 and cue not in DEEDS}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self.cues)))

    @cached_property
    def by_sound(self) -> dict[tuple[str, ...], Command]:
        return {sounds(word): command for word, command in self.words.items() if len(word) > 1 and word[0] >= "\u3400"}

    @cached_property
    def by_pinyin(self) -> dict[str, str]:
        return {pinyin(word): word for word in self.words if word[0] >= "\u3400" and len(word) > 1}

    def found(self, line: str) -> tuple[Cue, ...]:
        """Every word and cue in a text, longer ones first where they overlap."""
        return self._found.get(str(line), lambda: self._find(line))

    def _find(self, line: str) -> tuple[Cue, ...]:
        return tuple(Cue(self.cues[hit.group()], hit.group(), hit.span()) for hit in self._pattern.finditer(line))

    def prefix(self, text: str) -> tuple[Command, str] | None:
        """The command whose word a text begins with, spaced or not; the longest."""
        for length in range(min(len(text), 6), 1, -1):
            command = self.words.get(text[:length])
            if command is not None and text[:length] not in DEEDS:
                return command, text[:length]
        return None

    def get(self, word: str) -> Command | None:
        return self.words.get(word)

    def meant(self, command: Command, ctx: "Context") -> Command:
        """The command that a word means to this asker: 加分 is a claim to whoever records nothing for the branch."""
        other = RECORDS.get(command.word)
        return command if other is None or command.open_to(ctx.roles) else self.words.get(other, command)

    def of_letter(self, letter: str) -> list[Command]:
        """The commands that act on things of a letter: Y, T."""
        return [command for command in self.families.commands if letter in letters(command)]

    @cached_property
    def other_things(self) -> re.Pattern[str]:
        """Numbers of what none of these commands acts on yet: meetings, ballots, flows."""
        served = {letter.lower() for command in self.families.commands for letter in letters(command)}
        return re.compile(rf"(?<![a-z])[{''.join(sorted(set('mtyvf') - served))}]\s?\d{{1,4}}(?!\d)")


_kept = Kept[int, Vocabulary](16)


def vocabulary(families: "Families") -> Vocabulary:
    """The vocabulary of a list of commands; there is one list in a process, more in tests."""
    return _kept.get(id(families), lambda: Vocabulary(families))


def _has(command: Command, kind: type[NumbersKind]) -> bool:
    return any(isinstance(parameter.kind, kind) for parameter in command.parameters)


def letters(command: Command) -> tuple[str, ...]:
    """The letters of the numbers a command takes."""
    return tuple(letter for p in command.parameters if isinstance(p.kind, NumbersKind) for letter in p.kind.letters)


def _outcomes(command: Command) -> tuple[str, ...]:
    """Y7 成立 says what is done without the command's word, since the letter says to what."""
    lettered = any(isinstance(p.kind, LetteredKind) for p in command.parameters)
    kinds = (p.kind for p in command.parameters if isinstance(p.kind, OutcomeKind))
    return tuple(word for kind in kinds for word in kind.outcomes) if lettered else ()


def has_outcome(command: Command) -> bool:
    """Whether one of two outcomes is said with it, after which anything may follow."""
    return any(isinstance(p.kind, OutcomeKind) for p in command.parameters)


def decides(command: Command) -> bool:
    """Whether its words are the reason of a decision about somebody: 不通过, 处理, 抽查."""
    return has_outcome(command) or any(isinstance(p.kind, ReasonKind) for p in command.parameters)


@lru_cache(maxsize=256)
def names_numbers(command: Command) -> bool:
    """Whether it acts on things by their numbers: 通过, 撤回."""
    return command.changes and _has(command, NumbersKind)


@lru_cache(maxsize=256)
def takes_text(command: Command) -> bool:
    """Whether words of the asker's own belong to it, which may hold anything."""
    return has_outcome(command) or any(
        isinstance(p.kind, TextKind) and not isinstance(p.kind, QueryKind) and (p.required or p.kind.essential)
        for p in command.parameters
    )
