"""Words for the log that carry nothing personal: no openid, no token, nothing a person typed (rules 32, 33)."""

import re
from traceback import format_tb

_NAMED = re.compile(r"(?i)\b(access_token|secret|appsecret|signature|openid|code)=[^&\s\"']+")
_OPENID = re.compile(r"(?<![\w-])o[\w-]{27,31}(?![\w-])", re.ASCII)
_CODES = re.compile(r"(?<![\w-])(?=[\w-]*\d)[\w-]{10,}(?![\w-])|\d{4,}", re.ASCII)
_FOREIGN = re.compile(r"[^\x20-\x7e]+")
_LONGEST = 200


def scrub(text: str, *secrets: str) -> str:
    """`text` without the given secrets and without what looks like an openid or a credential in an address."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "…")
    return _OPENID.sub("…", _NAMED.sub(r"\1=…", text))


def describe(error: BaseException, *said: str) -> str:
    """An exception with its causes for the log: types, places in the code, and what of the messages is harmless.

    `said` is what came from the person (openid, text). It is taken out word by word, and so is everything that is not
    plain ASCII, long numbers and codes; of a message only the first line counts, since database errors put the
    parameters of a statement into the others.
    """
    words = [word for text in said for word in text.split() if len(word) > 1]
    parts: list[str] = []
    link: BaseException | None = error
    while link is not None and len(parts) < 5:
        parts.append(f"{type(link).__module__}.{type(link).__qualname__}: {_harmless(link, words)}")
        parts.extend(line.rstrip() for line in format_tb(link.__traceback__))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(parts)


def _harmless(error: BaseException, words: list[str]) -> str:
    first = str(error).partition("\n")[0]
    return _CODES.sub("…", _FOREIGN.sub("…", scrub(first, *words)))[:_LONGEST]
