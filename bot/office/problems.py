"""How a file from the office is refused: every mistake at once, each with its place, in plain Chinese."""

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process


class Unreadable(Exception):
    """A file cannot be taken as it is, and nothing of it was.

    ``problems`` holds one Chinese sentence per mistake, in the order of the file; ``str()`` is all of them.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like a mistyped one; None when nothing comes near."""
    # Of two Chinese characters one may be wrong; Latin words share letters by chance.
    enough = 70 if word.isascii() else 50
    found = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=enough)
    return None if found is None else found[0]


def did_you_mean(word: str, known: Iterable[str], *, every: bool = True) -> str:
    """The end of a sentence that refuses a word: the nearest known one, else (with ``every``) all of them."""
    known = list(known)
    near = nearest(word, known)
    if near is not None:
        return f"，是不是“{near}”？"
    return f"，可以写：{'、'.join(known)}" if every and known else ""
