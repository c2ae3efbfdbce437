"""Starting processes: where pages can be served, whose clock is read, and a child that is kept."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot import config as configuration
from bot import config_file, serve
from bot.clock import StandInClock, system
from bot.config import Config
from bot.keeping import KEEPER, STAND_IN, Kept
from bot.program import make_program
from bot.serve import usable_address
from tests.e2e.processes import eventually, free_port


def configured(folder: Path, api_base: str) -> Config:
    config_file.write_new(folder / "config.toml", {("wechat", "api_base"): api_base})
    return configuration.load(folder / "config.toml", {})


@pytest.mark.parametrize(
    ("told", "api_base", "stands_in"),
    [
        ("1", "http://127.0.0.1:8700", True),
        ("1", "http://localhost:8700", True),
        ("", "http://127.0.0.1:8700", False),
        ("1", "https://api.weixin.qq.com", False),
        ("1", "http://192.168.1.7:8700", False),
    ],
)
def test_the_stand_ins_clock_is_never_read_beside_the_real_platform(
    told: str, api_base: str, stands_in: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STAND_IN, told)
    clock = make_program(configured(tmp_path, api_base)).clock
    assert isinstance(clock, StandInClock) == stands_in
    assert (clock is system) != stands_in


def test_a_port_that_is_taken_is_refused_by_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="Address already in use") as refused:
            usable_address("127.0.0.1", port)
    assert refused.value.filename == f"127.0.0.1:{port}"


def test_a_port_of_ours_that_is_just_being_left_can_be_used() -> None:
    """A new process starts while those of the old one are still ending."""
    with closing(socket.socket()) as leaving:
        leaving.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        leaving.bind(("127.0.0.1", 0))
        leaving.listen()
        assert usable_address("127.0.0.1", leaving.getsockname()[1]) == "127.0.0.1"


def test_a_host_by_name_is_served_at_its_address() -> None:
    assert usable_address("localhost", free_port()) == "127.0.0.1"
    with pytest.raises(OSError, match=r"not known|service"):
        usable_address("no-such-host.invalid", 80)


def test_a_kept_process_is_started_again_when_it_dies_and_ended_when_told(tmp_path: Path) -> None:
    log = tmp_path / "starts"
    script = (
        "import sys, time; open(sys.argv[1], 'a').write('x'); time.sleep(600 if open(sys.argv[1]).read() > 'x' else 0)"
    )
    kept = Kept([sys.executable, "-c", script, str(log)])
    kept.start()
    eventually(lambda: log.exists() and log.read_text() == "xx", what="it was started again")
    kept.stop()
    assert not kept.alive
    kept.stop()  # once more does no harm


def test_a_kept_process_that_will_not_end_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    stubborn = "import signal, sys, time; signal.signal(15, signal.SIG_IGN); open(sys.argv[1], 'w'); time.sleep(600)"
    kept = Kept([sys.executable, "-c", stubborn, str(ready)])
    kept.start()
    eventually(ready.exists, what="it runs")
    kept.stop(grace=0.2)
    eventually(lambda: not kept.alive, what="it is gone")


def test_what_was_asked_to_stop_is_not_started_again() -> None:
    kept = Kept([sys.executable, "-c", "import time; time.sleep(600)"])
    kept.start()
    eventually(lambda: kept.alive, what="it runs")
    kept.ask_to_stop()
    eventually(lambda: not kept.alive, what="it ends")
    kept.stop()
    assert not kept.alive


def test_ctrl_c_is_left_to_the_keeper(tmp_path: Path) -> None:
    """Or each child would end in its own way, and some in the middle of being loaded."""
    script = """
import os, pathlib, signal, sys, time
said = pathlib.Path(sys.argv[1])
signal.signal(signal.SIGTERM, lambda *_: (said.write_text("politely"), os._exit(0)))
said.write_text(f"{os.getpid()}.")
time.sleep(600)
"""
    said = tmp_path / "said"
    kept = Kept([sys.executable, "-c", script, str(said)])
    kept.start()
    eventually(lambda: said.exists() and said.read_text().endswith("."), what="it runs")
    os.kill(int(said.read_text().rstrip(".")), signal.SIGINT)
    kept.stop()
    assert said.read_text() == "politely"


def test_what_is_kept_ends_with_its_keeper_even_by_kill_9() -> None:
    """And so does what that keeps in turn."""
    port = free_port()
    begin = "import socket, sys, time, bot.keeping as k; k.die_with_keeper();"
    listens = f"{begin} s = socket.create_server(('127.0.0.1', {port})); time.sleep(600)"
    keeps = f"{begin} k.Kept([sys.executable, '-c', {listens!r}]).start(); time.sleep(600)"
    begins = f"{begin} k.Kept([sys.executable, '-c', {keeps!r}]).start(); time.sleep(600)"

    def listening() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    environ = {key: value for key, value in os.environ.items() if key != KEEPER}
    with subprocess.Popen([sys.executable, "-c", begins], cwd=Path(serve.__file__).parents[1], env=environ) as process:
        eventually(listening, what="the grandchild listens")
        process.send_signal(signal.SIGKILL)
    eventually(lambda: not listening(), within=20, what="nobody holds the port")


def test_what_an_operator_starts_in_the_background_outlives_its_shell(tmp_path: Path) -> None:
    """Only what is kept ends with its parent."""
    port, ready = free_port(), tmp_path / "ready"
    begin = f"import socket, bot.keeping as k; k.die_with_keeper(); s = socket.create_server(('127.0.0.1', {port}));"
    works = f"{begin} open({str(ready)!r}, 'w'); s.accept(); s.accept()"
    environ = {key: value for key, value in os.environ.items() if key != KEEPER}
    line = ["sh", "-c", '"$@" & read closed', "sh", sys.executable, "-c", works]
    folder = Path(serve.__file__).parents[1]
    with subprocess.Popen(line, cwd=folder, env=environ, stdin=subprocess.PIPE) as shell:
        eventually(ready.exists, what="it runs")
        assert shell.stdin is not None
    visits = 0
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", port), timeout=10):
            visits += 1
    assert visits == 2  # and with that it has ended
