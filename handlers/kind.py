"""The kind of an argument: how it is found in a typed line, when it is asked for, what its choices are.

Values are plain JSON (an item's code, ``"2.5"``, ``"2026-11-19"``, a member's id, a list of numbers), so
that a dialog keeps them as they are; ``load`` turns one into what the handler gets.
"""

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from handlers.context import Context

T = TypeVar("T")
Json = Any


class _Required(Enum):
    REQUIRED = "required"


REQUIRED = _Required.REQUIRED


class Asked(Enum):
    """When an argument nobody said is asked for."""

    MISSING = "missing"  # whenever it is missing
    GUIDED = "guided"  # only when a bare command began the dialog
    NEVER = "never"  # its default holds


class Choice(NamedTuple):
    """One way to fill an argument: what people read, and the value."""

    label: str
    value: Json


class Found(NamedTuple):
    """What a kind made of a line: the candidates, and the text it did not use.

    One sure candidate fills the argument; several, or one that was inferred rather than said
    (``sure=False``), are asked about. ``why`` is shown above such a question.
    """

    candidates: tuple[Choice, ...] = ()
    rest: str = ""
    sure: bool = True
    why: str = ""


class Question(NamedTuple):
    """A question of a dialog: the sentence, and numbered choices where there are some."""

    text: str
    choices: tuple[Choice, ...] = ()


class Kind(Generic[T]):
    """Base of the kinds. ``order`` says who reads the line first: the stricter, the earlier."""

    noun = ""
    order = 50
    asked = Asked.NEVER
    # Whether its answer may be a sentence that says the other arguments as well: 1号，当天确有走访.
    whole = False
    # Whether what follows it in an answer says the other arguments: M1 出差.
    leads = False
    # Whether it is asked for although it has a default, which stands behind what may be left out.
    essential = False
    # Whether its answer may come in several messages, of which 完 is the last.
    gathers = False
    # Whether a number beyond the choices offered is an answer: 12.
    numbered = False

    def find(self, text: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        """The candidates for this argument in a normalised text, given the arguments found so far."""
        raise NotImplementedError

    def answered(self, text: str, said: str, ctx: "Context", known: Mapping[str, Json]) -> Found:
        """The candidates in an answer; the line ``said`` before the question may have a part of it: 明天, then 15点."""
        return self.find(text, ctx, known)

    def question(self, ctx: "Context", known: Mapping[str, Json]) -> Question:
        """How the argument is asked for."""
        return Question(f"请写{self.noun}")

    def needed(self, ctx: "Context", known: Mapping[str, Json]) -> bool:
        """Whether a missing one is asked for although it has a default (the unit of an item may need it)."""
        return False

    def check(self, value: Json, ctx: "Context") -> None:
        """Raise what the command will refuse about a value, before it asks for more: a number out of sight."""

    def is_own(self, text: str) -> bool:
        """Whether a line belongs to what is gathered although it begins with a command's word."""
        return False

    def objection(self, so_far: str, more: str) -> str:
        """Why one more message is not taken to what is gathered, if so."""
        return ""

    def load(self, value: Json, ctx: "Context") -> T:
        """What the handler gets."""
        return value  # type: ignore[no-any-return]

    def default(self, value: Any, ctx: "Context") -> Any:
        """What the declared default stands for at this moment (``TODAY``, say)."""
        return value
