"""What a command is: one declaration from which parser, help, permission, dialog, menu and manual come.

    @command("撤回", "撤销", who=Role.MEMBER, changes=True, example="撤回 12")
    def withdraw(ctx: Context, number: Number) -> Reply:
        \"\"\"撤回还没审核的申报。\"\"\"

The signature is the schema: each parameter's annotation names its kind (``handlers/arguments.py``).
``@command`` returns a frozen value and registers nothing; ``dispatch.py`` lists the families by hand.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from handlers.context import Context
from handlers.kind import REQUIRED, Json, Kind
from models.appointments import Role


@dataclass(frozen=True, slots=True)
class Picture:
    """An image in a reply, by the media id the platform gave."""

    media_id: str


@dataclass(frozen=True, slots=True)
class Article:
    """A link with a title in a reply."""

    title: str
    description: str
    url: str


class Reply(NamedTuple):
    """What the bot says: text (taps inside by ``words.tap``), or an image or an article.

    ``listed`` are the numbers of the list just shown, in its order: ``全部`` stands for ``all_of``,
    and a bare number sends ``choices[number - 1]``, a whole command.
    """

    text: str
    listed: tuple[str, ...] = ()
    all_of: tuple[int, ...] | None = None
    extra: Picture | Article | None = None


def done(text: str, **more: Any) -> Reply:
    """Something changed: the reply begins with ✅."""
    return Reply(f"✅ {text}", **more)


@dataclass(frozen=True, slots=True)
class Confirm:
    """Asks before acting: yes runs the same command with the same arguments and those of ``adding``.

    The arguments are kept as they were understood, so that a yes cannot be understood otherwise than the line
    it answers. ``picture`` waits for an image instead of a yes.
    """

    text: str
    adding: Mapping[str, Json] = field(default_factory=dict)
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks for one more argument, having looked at the others; the same command runs again with its answer."""

    text: str
    asks: str


@dataclass(frozen=True, slots=True)
class Each:
    """A list of which each member succeeds or is refused by itself (rules 12): one savepoint each.

    ``act`` does one; ``summary`` words what succeeded, the refusals are named below it.
    """

    numbers: Sequence[Any]
    act: Callable[[Any], Any]
    summary: Callable[[list[Any]], Reply]


Result = Reply | Confirm | Ask | Each


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a command: its name, its kind, and what holds when nobody says it."""

    name: str
    kind: Kind[Any]
    default: Any

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


@dataclass(frozen=True, slots=True, eq=False)  # each is declared once and is equal to itself alone
class Command:
    """A command as declared; ``word`` is what the bot calls it, ``also`` what people say as well.

    ``heard`` are words that point to it inside a sentence without being the command itself.
    """

    word: str
    also: tuple[str, ...]
    heard: tuple[str, ...]
    who: frozenset[Role]
    changes: bool
    example: str
    summary: str
    parameters: tuple[Parameter, ...]
    run: Callable[..., Result] = field(repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        return (self.word, *self.also)

    @property
    def usage(self) -> str:
        """The line as one types it: ``申报 事项 [数量] [日期] [说明]``."""
        shown = [p for p in self.parameters if p.kind.noun]
        said = (p.kind.noun if p.required or p.kind.essential else f"[{p.kind.noun}]" for p in shown)
        return " ".join([self.word, *said])

    def parameter(self, name: str) -> Parameter:
        return next(p for p in self.parameters if p.name == name)

    def open_to(self, roles: frozenset[Role]) -> bool:
        return not self.who.isdisjoint(roles)


def command(
    word: str,
    *also: str,
    who: Role | Sequence[Role],
    example: str,
    changes: bool = False,
    heard: Sequence[str] = (),
) -> Callable[[Callable[..., Result]], Command]:
    """Declare a chat command; the docstring's first line is its help (Chinese, one sentence)."""
    roles = frozenset({who} if isinstance(who, Role) else who)

    def declare(run: Callable[..., Result]) -> Command:
        summary = (inspect.getdoc(run) or "").split("\n")[0]
        return Command(word, also, tuple(heard), roles, changes, example, summary, _parameters(run), run)

    return declare


def _parameters(run: Callable[..., Result]) -> tuple[Parameter, ...]:
    hints = get_type_hints(run, include_extras=True)
    found = []
    for name, parameter in list(inspect.signature(run).parameters.items())[1:]:
        default = REQUIRED if parameter.default is inspect.Parameter.empty else parameter.default
        found.append(Parameter(name, _kind(run, name, hints[name]), default))
    return tuple(found)


def _kind(run: Callable[..., Result], name: str, hint: Any) -> Kind[Any]:
    # ``Month | None`` names its kind one level down.
    for part in (hint, *get_args(hint)):
        if get_origin(part) is Annotated:
            found = [extra for extra in get_args(part)[1:] if isinstance(extra, Kind)]
            if found:
                return found[0]
    raise TypeError(f"{run.__name__}: parameter {name!r} names no kind of argument")


__all__ = [
    "Article",
    "Ask",
    "Command",
    "Confirm",
    "Context",
    "Each",
    "Parameter",
    "Picture",
    "Reply",
    "Result",
    "command",
    "done",
]
