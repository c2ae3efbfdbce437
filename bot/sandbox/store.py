"""What outlives the stand-in's process: chats, users, media and the menu, in a small SQLite file of its own.

A second `make demo` shows the chats of the first. Nothing of Xianfeng is in here.
"""

import json
import sqlite3
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS bubbles (
    id INTEGER PRIMARY KEY AUTOINCREMENT, openid TEXT NOT NULL, mine INTEGER NOT NULL,
    kind TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS bubbles_of_a_chat ON bubbles (openid, id);
CREATE TABLE IF NOT EXISTS users (openid TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS media (media_id TEXT PRIMARY KEY, body TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Bubble:
    """One thing in a chat. `mine` is True for what the user sent; `body` depends on `kind` (see bubbles)."""

    id: int
    openid: str
    mine: bool
    kind: str
    at: datetime
    body: dict[str, Any]


class Store:
    """One SQLite file below `folder`, used by many threads, one at a time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(folder / "sandbox.db", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def add(self, openid: str, *, mine: bool, kind: str, at: datetime, body: dict[str, Any]) -> Bubble:
        """Keep one more bubble of a chat."""
        packed = json.dumps(body, ensure_ascii=False)
        row = (openid, int(mine), kind, at.isoformat(), packed)
        with self._lock:
            sql = "INSERT INTO bubbles (openid, mine, kind, at, body) VALUES (?, ?, ?, ?, ?)"
            number = self._db.execute(sql, row).lastrowid
        assert number is not None
        return Bubble(number, openid, mine, kind, at, body)

    def chat(self, openid: str, *, after: int = 0, before: int | None = None, limit: int = 60) -> list[Bubble]:
        """The last `limit` bubbles of a chat whose number lies between `after` and `before`, oldest first."""
        sql = "SELECT * FROM bubbles WHERE openid = ? AND id > ? AND id < ? ORDER BY id DESC LIMIT ?"
        rows = self._rows(sql, openid, after, before if before is not None else 2**62, limit)
        return [_bubble(row) for row in reversed(rows)]

    def unread(self, openid: str, read_to: int) -> int:
        """How many bubbles of the account are newer than the one last looked at."""
        sql = "SELECT count(*) FROM bubbles WHERE openid = ? AND id > ? AND mine = 0 AND kind != 'notice'"
        return int(self._rows(sql, openid, read_to)[0][0])

    def users(self) -> list[dict[str, Any]]:
        """Every user, as packed."""
        return [json.loads(body) for (body,) in self._rows("SELECT body FROM users ORDER BY rowid")]

    def keep_user(self, openid: str, body: dict[str, Any]) -> None:
        """Write a user down."""
        sql = "INSERT INTO users VALUES (?, ?) ON CONFLICT (openid) DO UPDATE SET body = excluded.body"
        self._write(sql, openid, json.dumps(body, ensure_ascii=False))

    def keep_media(self, media_id: str, body: dict[str, Any], data: bytes) -> None:
        """Write a file down."""
        self._write("INSERT INTO media VALUES (?, ?, ?)", media_id, json.dumps(body, ensure_ascii=False), data)

    def media(self, media_id: str) -> tuple[dict[str, Any], bytes] | None:
        """A file and what is known of it."""
        rows = self._rows("SELECT body, data FROM media WHERE media_id = ?", media_id)
        return (json.loads(rows[0][0]), bytes(rows[0][1])) if rows else None

    def keep(self, name: str, body: Any) -> None:
        """Write down something there is one of, such as the menu."""
        sql = "INSERT INTO kept VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body"
        self._write(sql, name, json.dumps(body, ensure_ascii=False))

    def kept(self, name: str) -> Any:
        """What was kept under this name, or None."""
        rows = self._rows("SELECT body FROM kept WHERE name = ?", name)
        return json.loads(rows[0][0]) if rows else None

    def _write(self, sql: str, *values: object) -> None:
        with self._lock:
            self._db.execute(sql, values)

    def _rows(self, sql: str, *values: object) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()


def _bubble(row: Any) -> Bubble:
    number, openid, mine, kind, at, body = row
    return Bubble(number, openid, bool(mine), kind, datetime.fromisoformat(at), json.loads(body))
