"""From a typed line to a command with all its arguments: the one mechanism of every dialog (chat: "Dialogs").

What is missing or doubtful is asked for (handlers/completing.py); here the next line is taken for the answer, or for a
command of its own.
"""

from typing import Any

from handlers import gathering, help
from handlers.command import Context, Reply
from handlers.completing import Run, Say, Turn, ask, closing, complete
from handlers.kind import Choice, Found, Json, Kind
from handlers.understanding.hear import (
    Heard,
    Thanked,
    Unknown,
    Wondered,
    choice_number,
    fill,
    hear,
    is_cancel,
    is_no,
    is_yes,
)
from handlers.understanding.kinds_of_numbers import CodeKind
from handlers.understanding.kinds_of_words import NameKind, TextKind
from handlers.understanding.line import Line
from handlers.understanding.manners import is_neutral
from handlers.understanding.questions import is_question
from handlers.words import echoed
from models.dialogs import Dialog

NOTHING_CHANGED = "什么都没有改动"
WELCOME = "不客气，有事随时说，回“帮助”看能办什么"


def ready(text: str) -> None:
    """Fold a typed line, which needs neither its writer nor the database; ``listen`` finds it done."""
    Line.of(text)


def listen(text: str, ctx: Context, dialog: Dialog | None) -> Turn:
    """What a typed line asks for, given what the conversation remembers."""
    question = dialog.open_question(ctx.now) if dialog else None
    listed = dialog.open_list(ctx.now) if dialog else None
    if question is not None and dialog is not None:
        newer_list = (
            listed is not None and dialog.listed_at and dialog.question_at and dialog.listed_at > dialog.question_at
        )
        turn = None if newer_list and choice_number(text) else _answer(text, ctx, question)
        if turn is not None:
            return turn
    lapsed = dialog.lapsed_question(ctx.now) if dialog else None
    turn = _outside(text, ctx, listed)
    return _with_lapse(turn, lapsed) if lapsed else turn


def picture_arrived(ctx: Context, dialog: Dialog | None) -> Turn | None:
    """An image came: the command that waited for it, if one did."""
    question = dialog.open_question(ctx.now) if dialog else None
    if question is None or not question.get("picture"):
        return None
    return closing(_agreed(question, ctx))


def _answer(text: str, ctx: Context, question: dict[str, Any]) -> Turn | None:
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
        return _ask_again(f"请回 1 到 {len(choices)} 中的一个数字", ctx, question)
    return _worded(text, ctx, question)


def _worded(text: str, ctx: Context, question: dict[str, Any]) -> Turn | None:
    """An answer in words: yes to the only choice, no, or the value itself."""
    choices = question["choices"]
    if len(choices) == 1 and is_yes(text):
        return _known(ctx, question, choices[0][1])
    if choices and is_no(text):
        return Say(Reply(f"好的，{NOTHING_CHANGED}"), closes=True)
    if _is_command(text, ctx):
        return None
    return _typed(text, ctx, question)


def _confirmed(text: str, number: int | None, ctx: Context, question: dict[str, Any]) -> Turn | None:
    if question.get("picture"):
        return Say(Reply(f"好的，没有提交，{NOTHING_CHANGED}"), closes=True) if is_no(text) else None
    if number == 1 or is_yes(text):
        return closing(_agreed(question, ctx))
    if number == 2 or is_no(text):
        return Say(Reply(f"好的，{NOTHING_CHANGED}"), closes=True)
    return None


def _agreed(question: dict[str, Any], ctx: Context) -> Turn:
    """The command of a confirmation, as it was understood and with what the yes adds."""
    return complete(ctx, ctx.families.get(question["command"]), question["confirms"], {}, guided=False)


def _typed(text: str, ctx: Context, question: dict[str, Any]) -> Turn | None:
    """The line as the value asked for, or with it among other arguments."""
    command = ctx.families.get(question["command"])
    asked = command.parameter(question["asks"])
    known = {k: v for k, v in question["known"].items() if k != asked.name}
    own_words = isinstance(asked.kind, (TextKind, NameKind, CodeKind))
    heard = None if own_words else hear(text, ctx)
    # A question or a negation is no answer, but a whole sentence may hold a 没: 王芳，她没有去.
    if isinstance(heard, Wondered) and (not asked.kind.whole or is_question(Line.of(text))):
        return None
    if isinstance(heard, Thanked):
        return _ask_again("不客气", ctx, question)
    found = asked.kind.find(text, ctx, known)
    said = text if isinstance(heard, Heard) and heard.command is command else question.get("said", "")
    # 我有意见 holds the word of an item, but whether it names one is for its writer to say.
    if len(found.candidates) == 1 and found.sure and asked.kind.whole:
        return _known(ctx, {**question, "said": text}, found.candidates[0].value)
    if len(found.candidates) == 1 and found.sure and (own_words or said == text or is_neutral(found.rest)):
        return _known(ctx, {**question, "said": said}, found.candidates[0].value)
    if found.candidates:
        found = found._replace(sure=False, why=found.why or f"“{echoed(text)}”是这个意思吗？")
        return closing(ask(ctx, command, known, asked.name, found, guided=bool(question.get("guided")), said=said))
    if isinstance(heard or hear(text, ctx), Heard):
        return None
    return _ask_again("没看懂这句话", ctx, question)


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


def _outside(text: str, ctx: Context, listed: dict[str, Any] | None) -> Turn:
    if ctx.families.find(text.strip()) is None:
        number = choice_number(text)
        if number is not None:
            return _chosen(number, ctx, listed)
        if is_yes(text):
            return Say(Reply(f"您要确认的是哪一件？现在没有等您回答的问题，{NOTHING_CHANGED}。{_write_out(12, ctx)}"))
    heard = hear(text, ctx)
    if isinstance(heard, Heard):
        bare = not heard.values and not heard.doubts
        return complete(
            ctx, heard.command, heard.values, heard.doubts, guided=bare, said="" if bare else _spoken(text, heard)
        )
    if isinstance(heard, Wondered):
        return _wondered(heard, ctx)
    if isinstance(heard, Thanked):
        return Say(Reply(WELCOME))
    return _unknown(heard, ctx)


def _chosen(number: int, ctx: Context, listed: dict[str, Any] | None) -> Turn:
    choices = listed["choices"] if listed else []
    if 1 <= number <= len(choices):
        return _whole(choices[number - 1], ctx)
    if listed:
        return Say(Reply(f"刚才的列表没有第{number}项，请回 1 到 {len(choices)}"))
    return Say(Reply(f"数字“{number}”现在没有对应的列表，{NOTHING_CHANGED}。{_write_out(number, ctx)}"))


def _write_out(number: int, ctx: Context) -> str:
    verb = "通过" if ctx.families.get("通过").open_to(ctx.roles) else "解释"
    return f"请写完整，例如：\n{verb} {number}\n或回“帮助”"


def _spoken(text: str, heard: Heard) -> str:
    """The line without the command's word before it, to be read again when an answer has come."""
    head, _, rest = text.strip().partition(" ")
    return rest if head in heard.command.words else text


def _whole(line: str, ctx: Context) -> Turn:
    """A whole command of ours, as a tap, a choice or a yes sends it."""
    heard = hear(line, ctx)
    if not isinstance(heard, Heard):
        raise AssertionError(f"our own line is not a command: {line.split(maxsplit=1)[0]}")
    return complete(ctx, heard.command, heard.values, heard.doubts, guided=not heard.values)


def _is_command(text: str, ctx: Context) -> bool:
    head = text.split(maxsplit=1)[0] if text.split() else ""
    return ctx.families.find(head) is not None


def _wondered(heard: Wondered, ctx: Context) -> Turn:
    """A question, a negation or a wish is answered and never changes anything."""
    command = heard.command
    if command is None:
        return Say(Reply(f"好的，{NOTHING_CHANGED}。想知道怎么办，回“帮助”"))
    if command.changes or not command.open_to(ctx.roles):
        return Say(Reply(f"{NOTHING_CHANGED}。\n{help.one(command)}"))
    values, _ = fill(command, heard.query, ctx)
    return Run(command, values)


def _unknown(heard: Unknown, ctx: Context) -> Turn:
    if heard.elsewhere and ctx.who is not None:
        return Say(Reply(f"{heard.elsewhere}不在这里办，请问{help.contact(ctx) or '支部'}，{NOTHING_CHANGED}"))
    likely = [line for line in heard.likely if _may(line, ctx)][:3]
    return Say(help.not_understood(likely, ctx))


def _may(line: str, ctx: Context) -> bool:
    command = ctx.families.find(line.split(maxsplit=1)[0])
    return command is not None and command.open_to(ctx.roles)


def _with_lapse(turn: Turn, lapsed: dict[str, Any]) -> Turn:
    what = lapsed.get("command") or "操作"
    word = f"（刚才的“{what}”超过30分钟没有办完，已放下，{NOTHING_CHANGED}）"
    if isinstance(turn, Run):
        return Run(turn.command, turn.values, f"\n{word}", closes=True)
    return Say(
        Reply(f"{word}\n{turn.reply.text}", turn.reply.listed, turn.reply.all_of, turn.reply.extra), turn.question, True
    )
