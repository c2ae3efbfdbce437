"""``python -m bench.instructions [帮助 申报 …] [--web]``: how many machine instructions a message takes.

Other work on the machine leaves that figure alone. Each command is counted beside a bare WeRoBot echo: by itself, or
with ``--web`` together with the application around it, as a server calls it. Needs valgrind (callgrind).
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select
from werobot.contrib.flask import make_view

from bench.messages import AES_KEY, APP_ID, NOW, TOKEN, Posted, echo, echoed, posted
from bot import demo_data, memory
from bot.database import make_engine, upgrade
from bot.logs import hashed_by
from bot.observing import observed
from bot.reception import Reception
from bot.talk import Talk
from bot.web import metrics
from bot.wechat.door import Door
from bot.wechat.protocol import Protocol
from handlers.understanding import hear
from models import rolls
from models.bindings import Binding
from models.members import Member
from models.months import Month
from models.sessions import Sessions

MESSAGES, WARM_UP = 20, 40
ECHO = "echo"
WORDS = (ECHO, "帮助", "积分", "排名", "申报")
PLACES = "安宁平康永福长乐清江石桥柳溪松竹梅兰青云凤凰龙虎"
_COLLECTED = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)

Act = Callable[[Posted], object]


def main(arguments: list[str]) -> int:
    """Count in a process of its own under callgrind and print a line a command."""
    if not shutil.which("valgrind"):
        print("bench.instructions needs valgrind, which is not installed here", file=sys.stderr)
        return 2
    words = [word for word in arguments if word in WORDS] or list(WORDS)
    with tempfile.TemporaryDirectory() as folder:
        _fill(Path(folder))
        counts = dict(zip(words, _counted(Path(folder), words, web="--web" in arguments), strict=True))
    for word, count in counts.items():
        beside = f"{count / counts[ECHO]:5.2f} × echo" if ECHO in counts else ""
        print(f"{word:8} {count / 1e6:6.3f} million instructions a message  {beside}")
    return 0


def _fill(folder: Path) -> None:
    sessions = Sessions(make_engine(f"sqlite:///{folder}/bench.db"))
    upgrade(sessions.engine)
    demo_data.fill(sessions, NOW)
    sessions.engine.dispose()


def _counted(folder: Path, words: list[str], *, web: bool) -> Iterator[float]:
    out = folder / "callgrind"
    run = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}"]
    # Texts hash to the same figures in every run, so that two runs can be compared.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    inside = [sys.executable, "-m", "bench.instructions", "--inside", str(folder), *words, *["--web"] * web]
    done = subprocess.run([*run, *inside], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    for number in range(1, len(words) + 1):
        found = _COLLECTED.search(Path(f"{out}.{number}").read_text())
        assert found is not None, "callgrind has written no total"
        yield int(found[1]) / MESSAGES


def _inside(folder: Path, words: list[str], *, web: bool) -> None:
    """Under callgrind: answer messages, the last of them counted."""
    sessions = Sessions(make_engine(f"sqlite:///{folder}/bench.db"))
    hear.warm_up()
    acts = _web(sessions) if web else _bare(sessions)
    openids = _openids(sessions)
    memory.settle()
    counted: list[tuple[Act, list[Posted]]] = []
    for place, word in enumerate(words):
        act, lines = acts[word == ECHO], _lines(word, openids)
        messages = [posted(openid, text, 1000 * place + n, NOW) for n, (openid, text) in enumerate(lines)]
        for message in messages[:WARM_UP]:
            act(message)
        counted.append((act, messages[WARM_UP:]))
    _control("--instr=on")
    for act, messages in counted:
        _control("--zero")
        for message in messages:
            act(message)
        _control("--dump")


def _lines(word: str, openids: list[str]) -> Iterable[tuple[str, str]]:
    if word != "申报":
        return islice(((openid, word) for openid in cycle(openids)), WARM_UP + MESSAGES)
    # Each claim is one that its member has not made before, in words that nobody has used before, as in life.
    deeds = zip(product(range(1, 16), openids), product(PLACES, repeat=2), strict=False)
    claims = ((openid, f"申报 社区志愿 1小时 {day}日 清扫{''.join(place)}河堤") for (day, openid), place in deeds)
    return islice(claims, WARM_UP + MESSAGES)


def _bare(sessions: Sessions) -> tuple[Act, Act]:
    protocol, reception, robot = Protocol(TOKEN, APP_ID, AES_KEY), Reception(Talk(sessions)), echo()

    def answer(message: Posted) -> bytes:
        incoming = protocol.read(message.query, message.body, NOW)
        return protocol.write(incoming, reception.answer(incoming, NOW), NOW)[0]

    return answer, lambda message: echoed(robot, message)


def _web(sessions: Sessions) -> tuple[Act, Act]:
    answer = observed(Reception(Talk(sessions)).answer, hashed_by("secret"), metrics.observe)
    door = Door(Protocol(TOKEN, APP_ID, AES_KEY), answer, lambda: NOW)
    bare = Flask("bare")
    bare.add_url_rule("/wechat", "werobot", make_view(echo()), methods=["GET", "POST"])
    return _served(door), _served(bare)


def _served(application: Any) -> Act:
    def act(message: Posted) -> None:
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/wechat",
            "SCRIPT_NAME": "",
            "QUERY_STRING": urlencode(message.query),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "text/xml",
            "CONTENT_LENGTH": str(len(message.body)),
            "HTTP_HOST": "127.0.0.1:8000",
            "wsgi.input": io.BytesIO(message.body),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
        }
        said: list[str] = []
        found = application(environ, lambda status, headers, error=None: said.append(status))
        body = b"".join(found)
        if hasattr(found, "close"):  # nothing that a list has
            found.close()
        if not body or not said[0].startswith("200"):
            raise SystemExit(f"no answer: {said}")

    return act


def _openids(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        left_out = rolls.not_scored(session, session.scalars(select(Member)).all(), Month.of(NOW))
        bound = session.scalars(select(Binding).order_by(Binding.member_id)).all()
        return [binding.openid for binding in bound if binding.member_id not in left_out]


def _control(what: str) -> None:
    subprocess.run(["callgrind_control", what, str(os.getpid())], check=True, capture_output=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        _inside(Path(sys.argv[2]), [word for word in sys.argv[3:] if word in WORDS], web="--web" in sys.argv)
    else:
        sys.exit(main(sys.argv[1:]))
