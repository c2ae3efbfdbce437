"""An installation of its own for each test, on both databases, and the platform it calls."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot import config_file
from bot.cli import main
from bot.clock import system
from bot.office.sample import write_sample_workbook
from bot.operations.findings import Mark
from models.bindings import Binding
from models.sessions import Sessions
from tests.databases import Database

TEMPLATE = '[wechat.templates.default]\nid = "T"\nfields = { thing1 = "title", thing2 = "text" }\n'


@dataclass(frozen=True)
class Office:
    """A folder with config.toml and a migrated database, and the command line run in it."""

    folder: Path
    sessions: Sessions
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def __call__(self, *words: str | Path, debug: bool = False) -> Result:
        """Run ``xianfeng --config … words``."""
        options = ["--config", str(self.config), *(["--debug"] if debug else [])]
        return CliRunner().invoke(main, [*options, *map(str, words)], env=self.environ)

    def ok(self, *words: str | Path) -> str:
        """What a command printed that must succeed."""
        result = self(*words)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
        return result.stdout

    def refused(self, *words: str | Path, code: int = 1) -> str:
        """What a command said on stderr that must be refused, without a traceback."""
        result = self(*words)
        assert (result.exit_code, result.stdout) == (code, ""), result.output
        assert isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.stderr
        return result.stderr


@pytest.fixture
def office(tmp_path: Path, database: Database) -> Office:
    """An installation on an empty database; with ``cast`` among the fixtures its people are in it."""
    values = {("database", "url"): database.url, ("wechat", "app_id"): "wxtest", ("wechat", "app_secret"): "s3cret"}
    config_file.write_new(tmp_path / "config.toml", values)
    return Office(tmp_path, database.sessions)


@pytest.fixture
def sample(office: Office) -> Path:
    """The sample workbook."""
    path = office.folder / "花名册.xlsx"
    write_sample_workbook(path)
    return path


@dataclass
class Platform:
    """api.weixin.qq.com in small: what each path answers, and what it was asked."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    base: str = ""

    def answer(self, path: str, body: bytes) -> dict[str, Any]:
        self.asked.append((path, json.loads(body)))
        usual = {
            "/cgi-bin/stable_token": {"access_token": "T1", "expires_in": 7200},
            "/cgi-bin/user/info": {"errcode": 40003, "errmsg": "invalid openid"},
            "/cgi-bin/qrcode/create": {"ticket": "Q", "expire_seconds": 60, "url": "http://weixin.qq.com/q/x"},
        }
        return self.answers.get(path) or usual.get(path) or {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def platform(office: Office) -> Iterator[Platform]:
    """The platform that ``office`` calls, over real HTTP."""
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.tell(b"null")

        def do_POST(self) -> None:
            self.tell(self.rfile.read(int(self.headers["Content-Length"])))

        def tell(self, body: bytes) -> None:
            answer = json.dumps(platform.answer(self.path.partition("?")[0], body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Write no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        platform.base = f"http://127.0.0.1:{server.server_port}"
        office.environ["XIANFENG_WECHAT__API_BASE"] = platform.base
        yield platform
        server.shutdown()


@pytest.fixture
def write(office: Office) -> Callable[[str, str], Path]:
    """Write a text file into the folder."""

    def write(name: str, text: str) -> Path:
        path = office.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def well(office: Office, platform: Platform, cast) -> Office:
    """An installation with nothing to remark upon but that it calls a platform of this machine."""
    text = office.config.read_text("utf-8")
    office.config.write_text(f"{text}\n{TEMPLATE}", encoding="utf-8")
    with office.sessions.write() as session:
        session.add(Binding(openid="o-last", member_id=cast.liu_defu.id, bound_at=system()))
    return office


def marked(result: Result, mark: Mark) -> list[str]:
    """The texts of the lines with a mark."""
    return [line[2:] for line in result.stdout.splitlines() if line.startswith(f"{mark} ")]
