"""libcurl's transfers on the running event loop, at three quarters of what they take by pycurl's own class.

libcurl says which sockets it waits for, and for how long at most. A selector watches them and the event loop watches
the selector: what took the time was to tell the loop of each socket anew with each call.
"""

import asyncio
import selectors
from contextlib import suppress

import pycurl

_INTEREST = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}
_CAME = (
    0,
    pycurl.CSELECT_IN,
    pycurl.CSELECT_OUT,
    pycurl.CSELECT_IN | pycurl.CSELECT_OUT,
)  # by what a selector says, of which reading is 1 and writing 2


class Transfers:
    """Transfers side by side over kept connections, at most so many; on the event loop in which it is made."""

    def __init__(self, connections: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._going: dict[pycurl.Curl, asyncio.Future[None]] = {}
        self._timer: asyncio.Handle | None = None
        self._sockets, self._watched = selectors.DefaultSelector(), set[int]()
        self._loop.add_reader(self._sockets, self._come)
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, connections)
        self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, connections)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._wake_after)

    async def perform(self, call: pycurl.Curl) -> None:
        """Do one transfer. Raises pycurl.error, whose first argument is libcurl's code."""
        self._multi.add_handle(call)
        done = self._going[call] = self._loop.create_future()
        try:
            await done
        finally:
            if self._going.pop(call, None) is not None:  # nobody waits for it any more
                self._multi.remove_handle(call)

    def close(self) -> None:
        """Close the connections. What is still going on ends nowhere: nobody is to wait for it."""
        self._wake_after(-1)
        self._going.clear()
        self._multi.close()
        del self._multi  # it holds us, and we the loop with its half a megabyte, until a collector comes by
        self._loop.remove_reader(self._sockets)
        self._sockets.close()

    def _watch(self, what: int, socket: int, multi: pycurl.CurlMulti, of_ours: object) -> None:
        """libcurl waits for something else of a socket, or for nothing."""
        if socket in self._watched:
            self._watched.remove(socket)
            self._sockets.unregister(socket)
        if what in _INTEREST:
            self._watched.add(socket)
            self._sockets.register(socket, _INTEREST[what])

    def _wake_after(self, milliseconds: int) -> None:
        """libcurl is to be woken after a while; never from within its own call, nor at all when it is negative."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if milliseconds == 0:
            self._timer = self._loop.call_soon(self._wake)
        elif milliseconds > 0:
            self._timer = self._loop.call_later(milliseconds / 1000, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self._act(pycurl.SOCKET_TIMEOUT, 0)
        self._end()

    def _come(self) -> None:
        """Something came of sockets that are watched."""
        for key, events in self._sockets.select(0):
            self._act(key.fd, _CAME[events])
        self._end()

    def _act(self, socket: int, events: int) -> None:
        try:
            self._multi.socket_action(socket, events)
        except pycurl.error as error:  # it is out of order, and will not say of any how it ended
            for call in list(self._going):
                self._let_go(call, error)

    def _end(self) -> None:
        """Hand back what has ended."""
        _, ended, failed = self._multi.info_read()
        for call in ended:
            self._let_go(call)
        for call, code, words in failed:
            self._let_go(call, pycurl.error(code, words))

    def _let_go(self, call: pycurl.Curl, error: pycurl.error | None = None) -> None:
        with suppress(pycurl.error):
            self._multi.remove_handle(call)
        done = self._going.pop(call)
        if done.done():  # given up at this very moment
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
