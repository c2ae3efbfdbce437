"""What a question names of ours, what it comes down to, and the commands it is about, the likeliest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nlargest
from math import inf

from handlers.command import Command
from handlers.context import Context
from handlers.understanding import items
from handlers.understanding.gist import PERSON, THING, gist, names_a_meeting
from handlers.understanding.items import Hit, Index
from handlers.understanding.kept import Kept
from handlers.understanding.likeness import NOTHING, likeness
from handlers.understanding.line import Line, Span
from handlers.understanding.manners import ungreeted
from handlers.understanding.sayings import WEAK
from handlers.understanding.shelf import shelf
from handlers.understanding.vocabulary import Vocabulary
from models.appointments import Role

TO_DO = "待办"
# How much better a topic must fit that is not for the asker's role.
OTHERS = 20.0
_MOST = 9
# By the words there are and what the asker may do.
_behind = Kept[tuple[Vocabulary, bool, frozenset[Role]], tuple[float, ...]](64)


@dataclass(frozen=True, slots=True)
class Alike:
    """A topic and how well a question fits it."""

    topic: str
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The topics that fit best; how much of the question is known (0 to 1), and whose it is word for word."""

    topics: list[Alike]
    known: float
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a question comes down to; the words for an item and the person of the branch that it names."""

    gist: str
    item: str = ""
    person: str = ""


def read(line: Line, words: Vocabulary, ctx: Context) -> Wish:
    """The wish of a line."""
    plain = ungreeted(line)
    index = shelf(ctx)
    hits = items.hits(index, plain)
    things = [hit.span for hit in hits if _is_thing(hit, index, words)]
    person, place = _person(plain, words, ctx)
    return Wish(gist(_shortened(plain, things, place)), _item(hits), person)


def _item(hits: list[Hit]) -> str:
    """The words for the item that a line names best."""
    found = [hit.phrase for hit in hits if hit.fit > items.NEAR and hit.phrase not in WEAK]
    return next(iter(found or [hit.phrase for hit in hits if hit.fit == items.SURE]), "")


def _is_thing(hit: Hit, index: Index, words: Vocabulary) -> bool:
    """Whether a phrase is a thing like any other: neither a word of ours nor a meeting, and one may claim it."""
    ours = hit.phrase in WEAK or hit.phrase in words.cues or hit.phrase in words.words or names_a_meeting(hit.phrase)
    return not ours and hit.fit > items.ALIKE and any(index.items[place].claimable for place in hit.items)


def _person(line: Line, words: Vocabulary, ctx: Context) -> tuple[str, Span | None]:
    """Who is named; only whoever decides asks about others."""
    decides = words.get(TO_DO)
    if decides is not None and decides.open_to(ctx.roles):
        for member in ctx.people():
            place = line.find(member.name)
            if place >= 0:
                return member.name, (place, place + len(member.name))
    return "", None


def _shortened(line: Line, things: list[Span], person: Span | None) -> str:
    """The text with a thing and a person each as one letter, from the end on so that places stay."""
    spans = [(span, THING) for span in things]
    if person is not None:
        spans = [(span, THING) for span in things if span[1] <= person[0] or person[1] <= span[0]] + [(person, PERSON)]
    text = str(line)
    for (start, end), short in sorted(spans, reverse=True):
        text = text[:start] + short + text[end:]
    return text


def ranked(wish: Wish, words: Vocabulary, ctx: Context) -> Ranking:
    """The topics that a wish fits best; those that are not the asker's come later."""
    fit = likeness().fit(wish.gist)
    behind = _behind.get((words, ctx.who is not None, ctx.roles), lambda: _distances(words, ctx))
    scores = ((score - less, topic) for score, less, topic in zip(fit.scores, behind, likeness().topics, strict=True))
    return Ranking([Alike(topic, score) for score, topic in nlargest(_MOST, scores)], fit.known, fit.own)


def _distances(words: Vocabulary, ctx: Context) -> tuple[float, ...]:
    """How far each topic is put back for an asker: not at all, as other people's, or out of sight as no command."""
    return tuple(_distance(words.get(topic.split()[-1]), topic, ctx) for topic in likeness().topics)


def _distance(command: Command | None, topic: str, ctx: Context) -> float:
    if command is None:
        return 0.0 if topic == NOTHING else inf
    return 0.0 if ctx.who is None or command.open_to(ctx.roles) else OTHERS


def likely(line: Line, words: Vocabulary, ctx: Context) -> Iterator[Command]:
    """The commands that are the asker's, those for which a line speaks most first; none where it speaks for none."""
    ranking = ranked(read(line, words, ctx), words, ctx)
    if ranking.topics[0].topic != NOTHING and ranking.known:
        for alike in ranking.topics:
            command = words.get(alike.topic.split()[-1])
            if command is not None and command.open_to(ctx.roles):
                yield command
