"""Acts on numbered things told in a sentence: 12号13号都同意, 13打回去补照片, 把13号那条撤了吧.

The number must stand beside the word, since what changes something is named by its own number. Two acts
in one line are asked about, so is 除了…都.
"""

import re

from handlers.command import Command, Parameter
from handlers.context import Context
from handlers.kind import Choice, Found, Json
from handlers.understanding import manners, questions, targets
from handlers.understanding.filling import fill, without_words
from handlers.understanding.kinds_of_numbers import FigureKind, NumbersKind, shown
from handlers.understanding.kinds_of_words import TextKind
from handlers.understanding.line import Line
from handlers.understanding.targets import TargetsRead
from handlers.understanding.understood import Heard, Unknown
from handlers.understanding.vocabulary import Cue, Vocabulary, decides, has_outcome, letters, names_numbers, takes_text

# What may stand between a number and the word: 12号我看了都可以通过, 把13号那条撤了.
_BETWEEN = re.compile(
    r"(?:[\s,，、:：]|号|条|笔|那|这|个|些|几|的|都|也|我|们|看|了|过|可以|可|就|先|一|下|吧|给|把|将|能|全|全部|统统|请|要|想|申报|申请|编号|本人|这边|情况|属实|核实|确实|均|无误)*"
)
_EXCEPT = re.compile(r"除了|除[\s\d#]|以外|之外|其余|其他|其它|剩下|别的都")
_ALREADY = re.compile(r"已经|早就|刚才已|早已|上次")
# All that follows is a question about the act: 通过了没, 驳回要不要写理由. Anything longer is a reason.
_UNDECIDED_TAIL = re.compile(
    r"[\s,，]*(?:成立|不成立|属实|不实|了|过)?\s?(?:吗|么|没有?|没得|行不行|行吗|可以吗|好吗|不|会怎么?样?|怎么[办样写用弄补]?|怎么回事"
    r"|咋[办整写用样]?|要不要.{0,6}|是什么.{0,4}|什么意思|[?？])[\s?？呢啊哦]*"
)
_ASKS = re.compile(r"[?？]\s*$|[吗么]\s*$|[了过](?:没有?|没得)\s*$|(?:属实|成立)[不没]\s*$")
_DOUBTFUL = re.compile(r"\d|但|不过|而|再|另|只|先|[一二三四五六七八九十]号")
# What a line may say beside the word when no number is said: whose, or which of the last.
_POINTING = re.compile(
    r"(?:[\u4e00-\u9fff]{2,4}的|给[\u4e00-\u9fff]{2,4}|把|刚才|刚刚|上面|上一|最后|最近|前面|那|这|一|条|个|笔|的|我|要|想|申报|报|错|了|都|吧|它|他|她|请|给|一下|可以|同意|先)*"
)
_LONG = 12


def told(line: Line, words: Vocabulary, ctx: Context) -> Heard | Unknown | None:
    """The act of a sentence; None when there is none to be sure of."""
    cues = [cue for cue in words.found(line) if names_numbers(cue.command) and cue.command.open_to(ctx.roles)]
    if not cues or questions.is_condition(line):
        return None
    figure = FigureKind().find(line, ctx, {})
    bare = Line.of(figure.rest)
    numbers_first = _numbers_first(bare, cues[0])
    pairs = [(cue, run) for cue in cues if (run := beside(bare, cue, numbers_first)) is not None and _takes(cue, run)]
    if not pairs:
        return _unnumbered(line, cues, ctx)
    runs = list(dict.fromkeys(run.values for _, run in pairs))
    if len({cue.command.word for cue, _ in pairs}) > 1 or (len(runs) > 1 and not _approves(pairs[0][0].command)):
        return Unknown(tuple(_each(bare, pairs)))
    cue, run = pairs[0]
    tail = bare.part(max(cue.span[1], run.span[1]), len(bare))
    if _denied(bare, cue, run, tail) or _ALREADY.search(line):
        return None
    if _EXCEPT.search(line):
        return Heard(cue.command, without_words(cue.command, {}))
    if len(runs) > 1:
        return _together(cue.command, tuple(dict.fromkeys(value for run in runs for value in run)))
    if has_outcome(cue.command):
        own = [other.span for other, _ in pairs if other.word in cue.command.words]
        return Heard(cue.command, *fill(cue.command, bare.without(*own), ctx))
    act = _act(cue.command, bare.part(*run.span), figure, manners.wrapped(tail), ctx)
    loose = cue.word in cue.command.heard and _approves(cue.command) and not figure.candidates
    return _shown_first(act, run) if loose and not manners.is_neutral(manners.wrapped(tail)) else act


def _takes(cue: Cue, run: TargetsRead) -> bool:
    """Whether the numbers are of what the command acts on: 通过 Y7 is none."""
    mine = letters(cue.command)
    return any(value == targets.ALL_VALUE or value.rstrip("0123456789") in mine for value in run.values)


def _approves(command: Command) -> bool:
    """Whether it acts on several at once and needs no words: what 可以 may mean by chance."""
    return not takes_text(command) and any(
        isinstance(p.kind, NumbersKind) and p.kind.several for p in command.parameters
    )


def _shown_first(act: Heard, run: TargetsRead) -> Heard:
    """The same act, to be confirmed: 12可以开会吧 may speak of the 12th."""
    name = _number_of(act.command).name
    if name not in act.values:
        return act
    values = dict(act.values)
    choice = Choice(shown(run.values), values.pop(name))
    why = f"{act.command.word} {choice.label}，对吗？"
    return Heard(act.command, values, act.doubts | {name: Found((choice,), sure=False, why=why)})


def _together(command: Command, values: tuple[str, ...]) -> Heard:
    """12可以，13也可以: shown as one list first."""
    name = _number_of(command).name
    choice = Choice(shown(values), list(values))
    return Heard(
        command,
        without_words(command, {}),
        {name: Found((choice,), sure=False, why=f"{command.word} {choice.label}，对吗？")},
    )


def _unnumbered(line: Line, cues: list[Cue], ctx: Context) -> Heard | None:
    """张三的通过, 撤回刚才那条: which one is asked, never guessed; in a longer text it is no act at all."""
    cue = cues[0]
    theirs = _theirs(line, cue, ctx) if len(cues) == 1 and takes_text(cue.command) else None
    if theirs is not None:
        return theirs
    without = line.without(cue.span)
    mood = questions.mood(without if takes_text(cue.command) else line)
    rest = _bare(without)
    if mood is not questions.Mood.PLAIN or len(rest) > _LONG or len({cue.command.word for cue in cues}) > 1:
        return None
    if not _POINTING.fullmatch(rest):
        return None
    return Heard(cue.command, without_words(cue.command, {}), _somebodys(cue.command, without, ctx), rest="")


def _theirs(line: Line, cue: Cue, ctx: Context) -> Heard | None:
    """张三那条不通过，没有照片: a decision with its reason, of which only the number is still asked."""
    head, tail = line.part(0, cue.span[0]), manners.wrapped(line.part(cue.span[1], len(line)))
    doubts = _somebodys(cue.command, head, ctx)
    pointing = all(_POINTING.fullmatch(_bare(Line.of(doubt.rest))) for doubt in doubts.values())
    if not doubts or not pointing or _is_undecided(cue.command, tail):
        return None
    return Heard(cue.command, {}, doubts, rest="" if manners.is_neutral(tail) else tail.said)


def is_of_somebody(command: Command, rest: Line, ctx: Context) -> bool:
    """Whether a person follows a command's word in place of a number: 通过 张三, 不通过 张三 没有照片."""
    doubts = _somebodys(command, rest, ctx)
    return bool(doubts) and (takes_text(command) or all(manners.is_neutral(Line.of(d.rest)) for d in doubts.values()))


def _somebodys(command: Command, line: Line, ctx: Context) -> dict[str, Found]:
    """What of somebody named waits for the asker, as the doubt which of it is meant."""
    number = _number_of(command)
    found = number.kind.find(line, ctx, {})
    return {number.name: found} if found.why and not found.candidates else {}


def _bare(line: Line) -> str:
    return manners.core(manners.wrapped(line))


def _number_of(command: Command) -> Parameter:
    """What the numbers of a command are for."""
    return next(p for p in command.parameters if isinstance(p.kind, NumbersKind))


def _each(line: Line, pairs: list[tuple[Cue, TargetsRead]]) -> list[str]:
    """Each act of a line as a line of its own."""
    ends = [min(cue.span[0], run.span[0]) for cue, run in pairs[1:]] + [len(line)]
    lines = []
    for (cue, run), end in zip(pairs, ends, strict=True):
        tail = line.part(max(cue.span[1], run.span[1]), max(end, cue.span[1], run.span[1]))
        reason = f" {tail.words}" if takes_text(cue.command) and tail.words else ""
        lines.append(f"{cue.command.word} {' '.join(run.values)}{reason}")
    return lines[:3]


def _numbers_first(line: Line, cue: Cue) -> bool:
    """Whether the speaker puts the number before the word: 12通过，13不通过."""
    first = targets.read(line)
    return first is not None and first.span[0] < cue.span[0]


def beside(line: Line, cue: Cue, numbers_first: bool = False) -> TargetsRead | None:
    """The run of numbers next to a word, on the speaker's usual side of it or else on the other."""
    start, end = cue.span
    after = targets.read(line.part(end, len(line)), glued=True)
    if after is not None:
        near = bool(_BETWEEN.fullmatch(line, end, end + after.span[0]))
        moved = (end + after.span[0], end + after.span[1])
        after = TargetsRead(after.values, moved, after.inferred) if near else None
    before = _last_run(line.part(0, start))
    if before is not None and not _BETWEEN.fullmatch(line, before.span[1], start):
        before = None
    return (before or after) if numbers_first else (after or before)


def _last_run(line: Line) -> TargetsRead | None:
    found, offset = None, 0
    while (run := targets.read(line.part(offset, len(line)))) is not None:
        found = TargetsRead(run.values, (offset + run.span[0], offset + run.span[1]), run.inferred)
        offset = found.span[1]
    return found


def _denied(line: Line, cue: Cue, run: TargetsRead, tail: Line) -> bool:
    """Whether the act itself is asked or denied; a reason may hold a 没 or a question of its own."""
    if not takes_text(cue.command):
        return questions.mood(line) in {questions.Mood.QUESTION, questions.Mood.NEGATION, questions.Mood.REQUEST}
    head = line.part(0, max(cue.span[1], run.span[1])).without(cue.span)
    return questions.is_question(head) or questions.is_negated(head) or _is_undecided(cue.command, tail)


def _is_undecided(command: Command, tail: Line) -> bool:
    """Whether what follows asks about the act: 通过了没; a decision with a reason may not end in a question either."""
    return bool(_UNDECIDED_TAIL.fullmatch(tail)) or (decides(command) and bool(_ASKS.search(tail)))


def hedged(command: Command, values: dict[str, Json]) -> bool:
    """Whether the words beside a plain approval may take part of it back: 通过 12 但13再看看."""
    told = {type(p.kind): values.get(p.name) for p in command.parameters}
    return _approves(command) and not told.get(FigureKind) and bool(_DOUBTFUL.search(told.get(TextKind) or ""))


def _act(command: Command, numbers: Line, figure: Found, tail: Line, ctx: Context) -> Heard:
    changed = f" 改 {figure.candidates[0].value} " if figure.candidates else " "
    # Beside a plain approval nothing is a reason; what stands there may take part of it back.
    said = tail if figure.candidates or (takes_text(command) and not manners.is_neutral(tail)) else Line.of("")
    whole = Line.pair(f"{numbers}{changed}{said}", f"{numbers.said}{changed}{said.said}")
    values, doubts = fill(command, whole, ctx)
    if not said and _approves(command) and _DOUBTFUL.search(tail):
        name = _number_of(command).name
        value = values.pop(name, None)
        choices = (Choice(numbers.words, value),) if value and len(value) == 1 else ()
        doubts[name] = Found(choices, sure=False, why=f"只{command.word} {numbers.words}，对吗？")
    return Heard(command, without_words(command, values), doubts)


def at_head(command: Command, rest: Line) -> TargetsRead | None:
    """The numbers right after a command's word; None when what follows is no act on them."""
    run = targets.read(rest, glued=True)
    if run is None or not _BETWEEN.fullmatch(rest, 0, run.span[0]):
        return None
    tail = rest.part(run.span[1], len(rest))
    if takes_text(command):
        return None if _is_undecided(command, tail) else run
    denied = questions.is_question(tail) or questions.is_negated(tail) or questions.is_condition(tail)
    return None if denied or _EXCEPT.search(rest) else run


def numbered(rest: Line) -> bool:
    """Whether a number of a thing follows, near enough to be meant."""
    run = targets.read(rest, glued=True)
    return run is not None and bool(_BETWEEN.fullmatch(rest, 0, run.span[0]))


def says_another(rest: Line, run: TargetsRead, words: Vocabulary) -> bool:
    """Whether a second act on another number follows: 通过 12 退回 13."""
    tail = rest.part(run.span[1], len(rest))
    cues = [cue for cue in words.found(tail) if names_numbers(cue.command) and cue.word in words.words]
    return any(beside(tail, cue) is not None for cue in cues)
