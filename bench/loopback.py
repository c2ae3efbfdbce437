"""A platform on loopback that costs next to nothing: ``python -m bench.loopback PORT MILLISECONDS``.

It answers every call for a token at once and for a message after so many milliseconds, and tells on ``/told`` what it
has answered, and how late.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from typing import cast

import uvloop


@dataclass
class Told:
    """The calls for messages: how many, how many at one moment, and when, by the machine's clock."""

    calls: int = 0
    open: int = 0
    most: int = 0
    first: float = 0.0
    last: float = 0.0
    late: float = 0.0  # seconds in all by which answers came later than they were to: this machine's, not the worker's


class Connection(asyncio.Protocol):
    """One kept connection; requests come one after the other."""

    def __init__(self, told: Told, delay: float) -> None:
        self._told, self._delay, self._read = told, delay, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is no subclass

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, found, rest = self._read.partition(b"\r\n\r\n")
        if not found:
            return
        _, length, after = head.lower().partition(b"content-length:")
        if len(rest) < (int(after.split(b"\r\n", 1)[0]) if length else 0):
            return
        self._read = b""
        self._answer(head.split(b" ", 2)[1])

    def _answer(self, path: bytes) -> None:
        if path == b"/told":
            self._write(asdict(self._told))
        elif path.startswith(b"/cgi-bin/stable_token"):
            self._write({"access_token": "bench" * 20, "expires_in": 7200})
        else:
            told, now = self._told, time.monotonic()
            told.first = told.first or now
            told.open += 1
            told.most = max(told.most, told.open)
            asyncio.get_running_loop().call_later(self._delay, self._sent, now + self._delay)

    def _sent(self, due: float) -> None:
        told = self._told
        told.calls += 1
        told.open -= 1
        told.last = time.monotonic()
        told.late += told.last - due
        self._write({"errcode": 0, "errmsg": "ok", "msgid": 2_918_131_553_548_107_776 + told.calls})

    def _write(self, answer: dict[str, object]) -> None:
        body = json.dumps(answer).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


async def serve(port: int, delay: float) -> None:
    """Answer until the process is ended."""
    told = Told()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(told, delay), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))
