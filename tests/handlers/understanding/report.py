"""Plays the utterances and scores what the bot would do with each (README.md).

`python -m tests.handlers.understanding.report [-v] [--held-out]`; the held-out file is reported by its totals alone.
"""

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from handlers.command import Command
from handlers.context import Context
from handlers.dispatch import FAMILIES, Families
from handlers.kind import Asked, Found, Kind
from handlers.understanding.hear import Heard, Thanked, Unknown, Wondered, fill, hear
from handlers.understanding.kinds_of_meetings import MeetingKindsKind, MeetingNumberKind, MomentKind, moment_word
from handlers.understanding.kinds_of_numbers import NumbersKind
from handlers.understanding.kinds_of_opinions import MatterKind
from handlers.understanding.kinds_of_rounds import LetteredKind, MeetingKind
from handlers.understanding.kinds_of_words import PeopleKind, PersonKind
from handlers.understanding.line import Line
from handlers.understanding.vocabulary import HELP
from models.members import Member
from tests.handlers.understanding.cast import speaker, stage

HERE = Path(__file__).parent
OPEN, HELD_OUT = HERE / "utterances.toml", HERE / "utterances_held_out.toml"
# A parameter's name → what the labels call it.
LABELS = {
    "number": "numbers",
    "target": "numbers",
    "people": "names",
    "why": "reason",
    "figure_": "figure",
    "question": "reason",
    "person": "name",
    "span": "month",
}
ASKS = {"numbers": "number"}
# What is not scored; the words of these commands are.
FREE = {"note", "again", "sure", "sort"}
OWN_WORDS = {"补充", "传达", "申诉", "异议", "建议", "反映", "处理"}


@dataclass
class Played:
    """What one utterance came to: the kind of outcome, the command, its arguments, and what is asked."""

    outcome: str
    command: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    asks: str = ""
    confirms: bool = False
    choices: list[Any] = field(default_factory=list)
    changes: bool = False
    refused: bool = False
    shown: str = ""


@dataclass
class Score:
    """The totals of a file."""

    lines: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    claims: int = 0
    claims_right: int = 0
    claims_all: int = 0
    claims_offered: int = 0
    questions: int = 0
    questions_right: int = 0
    changed_by_question: int = 0
    wrong_acts: int = 0

    @property
    def right_at_once(self) -> float:
        return self.claims_right / self.claims

    @property
    def answered_rightly(self) -> float:
        return self.questions_right / self.questions

    @property
    def right_or_offered(self) -> float:
        return self.claims_offered / self.claims_all


def utterances(path: Path) -> list[dict[str, Any]]:
    return list(tomllib.loads(path.read_text("utf-8"))["utterance"])


def play(text: str, ctx: Context) -> Played:
    """One line through hear, then the question the dialog would put, if any."""
    heard = hear(text, ctx)
    if isinstance(heard, Unknown):
        return Played("unknown", asks="command", choices=list(heard.likely), shown=heard.elsewhere)
    if isinstance(heard, Thanked):
        return Played("answer")
    if isinstance(heard, Wondered):
        return Played("answer", heard.command.word if heard.command else "", shown=heard.query)
    args = _args(heard.command, heard.values, ctx)
    played = Played("command", heard.command.word, args, changes=heard.command.changes)
    played.refused = not heard.command.open_to(ctx.roles)  # whose it is to do is said
    asked = _asked(heard, ctx)
    if asked is not None:
        name, found = asked
        played.outcome = "ask"
        played.choices = [choice.value for choice in found.candidates]
        label = LABELS.get(name, name)
        played.asks = ASKS.get(label, label)
        played.confirms = len(found.candidates) == 1
        if played.confirms:
            # The rest of the line is read again once the answer is there.
            values, _ = fill(heard.command, text, ctx, {**heard.values, name: played.choices[0]})
            played.args = _args(heard.command, values, ctx)
    elif args.get("item") and args["item"] not in {item.code for item in ctx.items()}:
        played.outcome = "answer"  # refused by its operation: 签到已自动计分
    return played


def _asked(heard: Heard, ctx: Context) -> tuple[str, Found] | None:
    """The first argument that is asked for, as the dialog does."""
    for parameter in heard.command.parameters:
        if parameter.name in heard.values:
            continue
        if parameter.name in heard.doubts:
            return parameter.name, heard.doubts[parameter.name]
        missing = parameter.required or parameter.kind.needed(ctx, heard.values)
        if missing and parameter.kind.asked is not Asked.NEVER:
            choices = parameter.kind.question(ctx, heard.values).choices
            return parameter.name, Found(choices if len(choices) != 1 else (), sure=False)
    return None


def _args(command: Command, values: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
    found = {}
    for name, value in values.items():
        kind = command.parameter(name).kind
        key = LABELS.get(name, name)
        if isinstance(kind, MeetingNumberKind):
            key = "meeting"
        if isinstance(kind, MatterKind):
            key = "name" if value.startswith("P") and value[1:].isdigit() else "numbers"
        found[key] = _label(kind, value, ctx)
    return found


def _label(kind: Kind[Any], value: Any, ctx: Context) -> Any:
    """An argument as the labels write it."""
    if isinstance(kind, MatterKind):
        named = value.startswith("P") and value[1:].isdigit()
        return ctx.session.get_one(Member, int(value[1:])).name if named else [value.lstrip("#")]
    if isinstance(kind, PersonKind):
        names = [ctx.session.get_one(Member, id).name for id in (value if isinstance(value, list) else [value])]
        return names if isinstance(kind, PeopleKind) else names[0]
    if isinstance(kind, LetteredKind):
        return [f"{kind.letters[0]}{value}"]
    if isinstance(kind, (MeetingKind, MeetingNumberKind)):
        return f"M{value}"
    if isinstance(kind, MeetingKindsKind):
        return "＋".join(value)
    if isinstance(kind, MomentKind):
        return moment_word(kind.load(value, ctx).starts_at)
    if isinstance(kind, NumbersKind):
        return [str(one) for one in (value if isinstance(value, list) else [value])]
    return value


def _plain(text: str) -> str:
    return "".join(char for char in Line.of(text).said if char.isalnum())


def same_args(expected: Mapping[str, Any], played: Played, ctx: Context) -> bool:
    """Whether the arguments are those of the label; what it does not list is absent or the default."""
    free = FREE | (set() if played.command in OWN_WORDS else {"text"})
    keys = (expected.keys() | played.args.keys()) - free
    return all(_same(key, expected.get(key), played.args.get(key), ctx) for key in keys)


def _same(key: str, wanted: Any, got: Any, ctx: Context) -> bool:
    if key == "quantity":
        return Decimal(wanted or 1) == Decimal(got or 1)
    if key == "day":
        return (wanted or ctx.today.isoformat()) == (got or ctx.today.isoformat())
    if not wanted or not got:
        return not wanted and not got
    if key == "numbers":
        return bool([str(one) for one in wanted] == got)
    if key == "figure":
        return Decimal(wanted) == Decimal(got)
    if key == "name":
        return {wanted, got} <= {"刘大爷", "刘德福"} or bool(wanted == got)
    return _plain(str(wanted)) == _plain(str(got))


def judge(label: dict[str, Any], played: Played, ctx: Context) -> str:
    """right, asked, not understood, answered, other, or wrong act."""
    expected, args = label["expect"], label.get("args", {})
    if played.refused:
        return "right" if "answer" in (expected, label.get("accept")) else "answered"
    if played.outcome == "command" and played.changes:
        meant = "command" in (expected, label.get("accept")) and label.get("command") == played.command
        return "right" if meant and same_args(args, played, ctx) else "wrong act"
    if _is_right(label, expected, played, ctx) or _is_right(label, label.get("accept", ""), played, ctx):
        return "right"
    if played.outcome == "ask":
        return "asked" if expected in {"command", "ask"} and _offers(label, played) else "other"
    return {"unknown": "not understood", "answer": "answered"}.get(played.outcome, "other")


def _is_right(label: dict[str, Any], expected: str, played: Played, ctx: Context) -> bool:
    if expected == "answer":
        topics = {label.get("topic", played.command), *label.get("topics_also", ())}
        # A read that asks which one it should show is an answer too.
        shown = played.outcome == "answer" or (played.outcome in {"command", "ask"} and not played.changes)
        # The help on a command answers what is asked about that command.
        said = {played.command, played.shown} if played.command == HELP else {played.command}
        return bool(shown and said & topics)
    if expected == "unknown":
        return played.outcome == "unknown"
    if expected == "ask" and label.get("asks") == "command":
        return played.outcome == "unknown"
    if expected != played.outcome or label.get("command", played.command) != played.command:
        return False
    if expected == "command":
        return same_args(label.get("args", {}), played, ctx)
    asks = label.get("asks", played.asks)
    return (played.confirms if asks == "confirm" else played.asks == asks) and _offers(label, played)


def _offers(label: dict[str, Any], played: Played) -> bool:
    """Whether a question shows what the label wants shown: the item among the choices, or known already."""
    if label.get("command") != played.command:
        return False
    item = label.get("args", {}).get("item")
    if item is not None and item != played.args.get("item") and item not in played.choices:
        return False
    if played.asks == "item" and not set(label.get("offers", ())) <= set(played.choices):
        return False
    numbers = label.get("args", {}).get("numbers")
    return numbers is None or [str(n) for n in numbers] == played.args.get("numbers")


def score(path: Path, families: Families | None = None) -> tuple[Score, list[tuple[dict[str, Any], Played, str]]]:
    """Play a file; the totals, and each line with what came of it."""
    totals, played = Score(), []
    families = families or FAMILIES
    with stage() as session:
        for label in utterances(path):
            ctx = speaker(session, label["role"], families)
            result = play(label["text"], ctx)
            verdict = judge(label, result, ctx)
            played.append((label, result, verdict))
            _count(totals, label, result, verdict)
    return totals, played


def _count(totals: Score, label: dict[str, Any], played: Played, verdict: str) -> None:
    totals.lines += 1
    totals.verdicts[verdict] += 1
    totals.wrong_acts += verdict == "wrong act"
    if label["expect"] in {"command", "ask"} and label.get("command") == "申报":
        totals.claims_all += 1
        totals.claims_offered += verdict in {"right", "asked"}
        if label["expect"] == "command":
            totals.claims += 1
            totals.claims_right += verdict == "right"
    if label["expect"] in {"answer", "unknown"}:
        totals.questions += 1
        totals.questions_right += verdict == "right"
        totals.changed_by_question += verdict == "wrong act"


def lines(path: Path, totals: Score) -> Iterator[str]:
    yield f"{path.name}: {totals.lines} utterances"
    for verdict in ("right", "asked", "not understood", "answered", "other", "wrong act"):
        yield f"  {verdict:15} {totals.verdicts[verdict]}"
    yield f"  claims right at once          {totals.claims_right}/{totals.claims} = {totals.right_at_once:.1%}"
    yield f"  claims right or asked rightly {totals.claims_offered}/{totals.claims_all} = {totals.right_or_offered:.1%}"
    answered = f"{totals.questions_right} = {totals.answered_rightly:.1%}"
    yield f"  questions and the like        {totals.questions}, answered as labelled {answered}"
    yield f"  changed something by a question {totals.changed_by_question}, wrong acts in all {totals.wrong_acts}"


def main(arguments: list[str]) -> None:
    for path in (OPEN, HELD_OUT) if "--held-out" in arguments else (OPEN,):
        totals, played = score(path)
        print("\n".join(lines(path, totals)))
        if path == OPEN and "-v" in arguments:
            for label, result, verdict in played:
                if verdict != "right":
                    wanted = {k: v for k, v in label.items() if k not in {"text", "role", "note"}}
                    print(f"{verdict}: [{label['role']}] {label['text']}\n    wanted {wanted}\n    got {result}")


if __name__ == "__main__":
    main(sys.argv[1:])
