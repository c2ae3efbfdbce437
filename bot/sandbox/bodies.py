"""JSON bodies as the platform reads them."""

import json
import re
from typing import Any

from flask import request

from bot.sandbox.errors import ApiError

ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\u(?!00[01])", re.IGNORECASE)


def read_json() -> dict[str, Any]:
    """The JSON object of the request. As on the real platform, \\uXXXX escapes are shown as they stand."""
    raw = request.get_data()
    if not raw.strip():
        raise ApiError(44002)
    try:
        body = json.loads(ESCAPED.sub(r"\1\\\\u", raw.decode()))
    except ValueError:
        raise ApiError(47001) from None
    if not isinstance(body, dict):
        raise ApiError(47001)
    return body
