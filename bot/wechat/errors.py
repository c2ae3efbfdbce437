"""What the platform's error codes mean for us: the one table (wechat.md 5.7), and the two ways a call can fail.

Refusal   certain: the platform said no, or the request never left. Nothing was sent to the person.
Unclear   the request left and no usable answer came back: it may or may not have had its effect (rules 28).
"""

from enum import StrEnum
from types import MappingProxyType


class Fault(StrEnum):
    """What to do about a refusal."""

    TRANSIENT = "transient"  # try again soon, with back-off
    WAIT = "wait"  # the minute's quota is used up: at least 60 s
    EXHAUSTED = "exhausted"  # the day's quota is used up: this API rests until midnight in China
    USER = "user"  # this person takes no messages of ours until they do something themselves
    GRANT = "grant"  # this person has no grant of this template left
    USER_LATER = "user_later"  # too often to this person: minutes to hours later
    WINDOW = "window"  # no customer-service window open: this message not on this channel
    MESSAGE = "message"  # this very message is not acceptable, however often it is sent
    MEDIA = "media"  # the uploaded file expired: upload again, then once more
    TOKEN = "token"  # the access token is dead: renew it and repeat once
    TEMPLATE = "template"  # the template may not be used: the others may; tell the operator
    CHANNEL = "channel"  # not allowed for this account: stop this channel, tell the operator
    CONFIGURATION = "configuration"  # credentials or address are wrong: nothing works until the operator acts
    ALREADY_SENT = "already_sent"  # a repetition the platform recognised: as good as success
    UNKNOWN = "unknown"  # a code that is not in the table


_CODES: dict[Fault, tuple[int, ...]] = {
    Fault.TRANSIENT: (-1,),
    Fault.WAIT: (45011,),
    Fault.EXHAUSTED: (45009, 45028, 48006),
    Fault.USER: (40003, 43004, 43019, 48002, 50005),
    Fault.GRANT: (43101,),
    Fault.USER_LATER: (43117,),
    Fault.WINDOW: (45015, 45047),
    Fault.MESSAGE: (
        *(40008, 40029, 40163, 41001, 41030, 44002, 44004, 45002, 45008, 45029, 45162, 47001, 47003),
        *(40016, 40018, 40019, 40020, 40023, 40025, 40033, 40054, 40055, 65316),  # of the menu
    ),
    Fault.MEDIA: (40007,),
    Fault.TOKEN: (40001, 40014, 42001),
    Fault.TEMPLATE: (40037, 43116),
    Fault.CHANNEL: (40200, 45109, 48001, 48004, 48008, 50001, 50002),
    Fault.CONFIGURATION: (40013, 40125, 40164, 40243, 41002, 41004, 89503, 89506, 89507),
    Fault.ALREADY_SENT: (45065,),
}

FAULTS = MappingProxyType({code: fault for fault, codes in _CODES.items() for code in codes})


def fault_of(code: int) -> Fault:
    """The class of an errcode other than 0."""
    return FAULTS.get(code, Fault.UNKNOWN)


class Refusal(Exception):
    """The platform refused, or could not be reached at all: certainly nothing was sent.

    `code` is the errcode, None where there was none (no connection, an HTTP status of 4xx). `message` is the
    platform's own wording without tokens, secrets and openids; it may go to the log and to `doctor`.
    """

    def __init__(self, code: int | None, fault: Fault, message: str) -> None:
        super().__init__(f"{code if code is not None else 'no code'} ({fault}): {message}")
        self.code = code
        self.fault = fault
        self.message = message

    def __reduce__(self) -> tuple[type["Refusal"], tuple[int | None, Fault, str]]:
        return Refusal, (self.code, self.fault, self.message)


class Unclear(Exception):
    """The request left, and whether it had its effect is not known: time-out, dropped connection, 5xx, no JSON."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
