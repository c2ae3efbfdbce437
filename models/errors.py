"""The one way an operation says no."""

from typing import ClassVar


class Refused(Exception):
    """An operation refuses; ``str()`` is one Chinese sentence for the person who asked.

    Every refusal is a subclass of its own next to the operation that raises it. It becomes a reply
    in exactly one place (``bot/talk.py``). ``keep`` says that what was written on the way (a wrong
    binding try, say) is to be committed although the act itself is refused, ``closes`` that the question it
    answered is over, so that what is said next is no further answer.
    """

    keep: ClassVar[bool] = False
    closes: ClassVar[bool] = False

    def __init__(self, sentence: str, example: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.example = example


class NotFound(Refused):
    """The number is unknown to the asker, whether it exists or not (chat: "A number not known")."""


class Settled(Refused):
    """It is over or decided, and no other answer would change that."""

    closes: ClassVar[bool] = True
