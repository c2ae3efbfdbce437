"""The line after a question: its answer, or a command of its own (chat: "Dialogs")."""

from typing import Any

from handlers import gathering
from handlers.command import Context, Reply
from handlers.completing import Say, Turn, ask, check, closing, complete
from handlers.kind import Choice, Found, Json, Kind
from handlers.understanding.filling import fill
from handlers.understanding.hear import (
    Heard,
    Thanked,
    Understood,
    Unknown,
    Wondered,
    choice_number,
    hear,
    is_cancel,
    is_given_up,
    is_no,
    is_yes,
)
from handlers.understanding.kinds_of_numbers import CodeKind
from handlers.understanding.kinds_of_words import NameKind, TextKind
from handlers.understanding.line import Line
from handlers.understanding.manners import is_neutral
from handlers.understanding.questions import is_question
from handlers.words import echoed

NOTHING_CHANGED = "什么都没有改动"
OWN_WORDS = (TextKind, NameKind, CodeKind)  # kinds whose answer is taken as it is


def answer(text: str, ctx: Context, question: dict[str, Any]) -> Turn | None:
    """The answer to an open question; None when the line is a whole command of its own."""
    if is_cancel(text):
        return Say(Reply(f"好的，已取消，{NOTHING_CHANGED}"), closes=True)
    number = choice_number(text)
    if "confirms" in question:
        return _confirmed(text, number, ctx, question)
    choices = question["choices"]
    kind = ctx.families.get(question["command"]).parameter(question["asks"]).kind
    if kind.gathers:
        return _gathered(text, ctx, question, kind)
    if number is not None and choices:
        if 1 <= number <= len(choices):
            return _known(ctx, question, choices[number - 1][1])
        if not kind.numbered:
            return _ask_again(f"请回 1 到 {len(choices)} 中的一个数字", ctx, question)
    return _worded(text, ctx, question)


def _worded(text: str, ctx: Context, question: dict[str, Any]) -> Turn | None:
    """An answer in words: yes to the only choice, no, or the value itself."""
    choices = question["choices"]
    if len(choices) == 1 and is_yes(text):
        return _known(ctx, question, choices[0][1])
    if is_given_up(text) or (choices and is_no(text)):
        return Say(Reply(f"好的，{NOTHING_CHANGED}"), closes=True)
    if _is_command(text, ctx):
        return None
    return _typed(text, ctx, question)


def _confirmed(text: str, number: int | None, ctx: Context, question: dict[str, Any]) -> Turn | None:
    if question.get("picture"):
        return Say(Reply(f"好的，没有提交，{NOTHING_CHANGED}"), closes=True) if is_no(text) else None
    if number == 1 or is_yes(text):
        return closing(agreed(question, ctx))
    if number == 2 or is_no(text):
        return Say(Reply(f"好的，{NOTHING_CHANGED}"), closes=True)
    return None


def agreed(question: dict[str, Any], ctx: Context) -> Turn:
    """The command of a confirmation, as it was understood and with what the yes adds."""
    return complete(ctx, ctx.families.get(question["command"]), question["confirms"], {}, guided=False)


def _typed(text: str, ctx: Context, question: dict[str, Any]) -> Turn | None:
    """The line as the value asked for, or with it among other arguments."""
    command = ctx.families.get(question["command"])
    asked = command.parameter(question["asks"])
    known = {k: v for k, v in question["known"].items() if k != asked.name}
    heard = None if isinstance(asked.kind, OWN_WORDS) else hear(text, ctx)
    if isinstance(heard, Thanked):
        return _ask_again("不客气", ctx, question)
    if not _answers(heard, text, asked.kind):
        return None
    found = asked.kind.answered(text, question.get("said", ""), ctx, known)
    said = text if isinstance(heard, Heard) and heard.command is command else question.get("said", "")
    if len(found.candidates) == 1 and found.sure:
        again = _read_again(found, text, said, asked.kind)
        if again is not None:
            return _known(ctx, {**question, "said": again}, found.candidates[0].value)
    if found.candidates or (found.why and not found.sure):
        found = found._replace(sure=False, why=found.why or f"“{echoed(text)}”是这个意思吗？")
        return closing(ask(ctx, command, known, asked.name, found, guided=bool(question.get("guided")), said=said))
    if isinstance(heard or hear(text, ctx), Heard):
        return None
    return _beside(text, ctx, question) or _ask_again("没看懂这句话", ctx, question)


def _answers(heard: Understood | None, text: str, kind: Kind[Any]) -> bool:
    """Whether a line may be an answer: a question, a negation or a matter of others is none."""
    if isinstance(heard, Unknown) and heard.elsewhere:
        return kind.whole
    # A whole sentence may hold a 没: 王芳，她没有去.
    return not isinstance(heard, Wondered) or (kind.whole and not is_question(Line.of(text)))


def _read_again(found: Found, text: str, said: str, kind: Kind[Any]) -> str | None:
    """The line that says the other arguments, when a value was surely meant; None when it is to be asked about."""
    # 我有意见 holds the word of an item, but whether it names one is for its writer to say.
    if kind.whole:
        return text
    if isinstance(kind, OWN_WORDS) or said == text or is_neutral(found.rest):
        return said
    return text if kind.leads and _follows(found.rest, text) else None


def _follows(rest: str, text: str) -> bool:
    """Whether what a value leaves of a line comes after it, and takes nothing back: 缺照片 of 12 缺照片."""
    words = Line.of(rest).words
    return Line.of(text).words.endswith(words) and not (is_no(words) or is_given_up(words) or is_cancel(words))


def _beside(text: str, ctx: Context, question: dict[str, Any]) -> Turn | None:
    """Another argument than the one that was asked for is kept, and asked again: 昨天, said to “是多少小时”."""
    command, known = ctx.families.get(question["command"]), question["known"]
    values, _ = fill(command, text, ctx, known)
    names = {p.name for p in command.parameters if not isinstance(p.kind, TextKind)} - {question["asks"], *known}
    more = {name: value for name, value in values.items() if name in names}
    if not more or Line.of(text).isdigit():  # a bare number may be meant for anything
        return None
    check(command, more, ctx)
    reply = Reply(f"好的。\n{question['text']}\n不办了，回“取消”")
    return Say(reply, question={**question, "known": {**known, **more}})


def _gathered(text: str, ctx: Context, question: dict[str, Any], kind: Kind[Any]) -> Turn | None:
    """The line as one more piece of an answer that comes in several messages, or its end."""
    step = gathering.step(text, ctx, question.get("so_far", ""), kind)
    if step is None:
        return None
    if step.whole:
        return _known(ctx, question, step.so_far)
    return Say(Reply(step.says), question={**question, "so_far": step.so_far})


def _known(ctx: Context, question: dict[str, Any], value: Json) -> Turn:
    command = ctx.families.get(question["command"])
    values = {**question["known"], question["asks"]: value}
    doubts = {
        name: Found(tuple(Choice(*choice) for choice in found["choices"]), sure=False, why=found["why"])
        for name, found in question.get("doubts", {}).items()
        if name != question["asks"]
    }
    said = question.get("said", "")
    if said:  # the line of the beginning, read again: with its item chosen it yields the quantity
        values, doubts = fill(command, said, ctx, values)
    return closing(complete(ctx, command, values, doubts, guided=bool(question.get("guided")), said=said))


def _ask_again(why: str, ctx: Context, question: dict[str, Any]) -> Turn:
    return Say(Reply(f"{why}。\n{question['text']}\n不办了，回“取消”"), question=question)


def _is_command(text: str, ctx: Context) -> bool:
    head = text.split(maxsplit=1)[0] if text.split() else ""
    return ctx.families.find(head) is not None
