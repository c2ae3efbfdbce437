"""Takes values out of one table of a TOML file, noting every mistake with its place."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from bot.office.figures import plain
from bot.office.problems import Unreadable, did_you_mean

LARGEST = Decimal(10_000)  # no figure of a rulebook comes near; keeps a slip of the finger out of the ledger

Choice = TypeVar("Choice", bound=StrEnum)


def parse(path: Path) -> dict[str, Any]:
    """The tables of a TOML file, its numbers exact; raises Unreadable when it is none."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise Unreadable([f"找不到文件 {path}"]) from None
    except OSError as error:
        raise Unreadable([f"打不开文件 {path}：{error.strerror}"]) from None
    except UnicodeDecodeError:
        raise Unreadable([f"{path.name} 不是 UTF-8 编码，请用记事本打开，另存为时编码选 UTF-8"]) from None
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable([_syntax(str(error), text.splitlines())]) from None


def _syntax(message: str, lines: list[str]) -> str:
    found = re.search(r"line (\d+), column (\d+)", message)
    if found is None:
        return "文件末尾没有写完，请看最后一段的引号和括号是否成对"
    number, column = int(found[1]), int(found[2])
    line = lines[number - 1].strip() if number <= len(lines) else ""
    return f"第{number}行第{column}列读不懂：{line}\n    {_hint(message, line)}"


def _hint(message: str, line: str) -> str:
    if any(mark in line for mark in "“”‘’＂"):
        return '引号请用英文的，例如 title = "社区志愿服务"'
    if any(mark in line for mark in "＝，［］"):
        return '等号、逗号、方括号请用英文的，例如 keywords = ["志愿", "义工"]'
    if "overwrite" in message or "declare" in message:
        return "同一个键在这一段里写了两遍，请删去一个"
    return '文字要用英文双引号括起来，数字不用，例如 title = "社区志愿服务"、points = 1'


def shown(value: object) -> str:
    """A value as the file's author would recognise it."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "一个列表"
    return "一张表" if isinstance(value, dict) else str(value)


class Section:
    """One table of the file. Each method takes one key; a bad or missing value is noted and a stand-in returned.

    Stand-ins are harmless ("" and 0): whoever reads on asks ``sound`` first, and nothing is built when
    anything was noted.
    """

    def __init__(self, raw: object, place: str, problems: list[str]) -> None:
        self.place = place
        self._problems = problems
        self._bad: set[str] = set()
        self._asked: set[str] = set()
        self._raw: Mapping[str, Any] = raw if isinstance(raw, dict) else {}

    def note(self, key: str, sentence: str) -> None:
        """Note a mistake at a key."""
        self._bad.add(key)
        self._problems.append(f"{self.place}.{key}: {sentence}")

    def sound(self, *keys: str) -> bool:
        """Whether nothing was noted about any of these keys."""
        return self._bad.isdisjoint(keys)

    def has(self, key: str) -> bool:
        return key in self._raw

    def text(self, key: str, *, default: str | None = None, longest: int = 100, example: str = "") -> str:
        """A line of text; without a default it must be there and not be empty."""
        value = self._take(key, example, needed=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str):
            self.note(key, f"应为文字，用英文双引号括起来，现为 {shown(value)}{_such_as(example)}")
            return ""
        line = " ".join(value.split())
        if not line and default is None:
            self.note(key, f"不能空着{_such_as(example)}")
        elif len(line) > longest:
            self.note(key, f"最多 {longest} 个字，现有 {len(line)} 个")
        return line

    def number(
        self, key: str, *, default: Decimal | None = None, needed: bool = False, example: str = ""
    ) -> Decimal | None:
        """A number exact to 0.01 (rules 1); the default where the key is missing."""
        value = self._take(key, example, needed=needed)
        return default if value is None else self._exact(key, value, example)

    def numbers(self, key: str, *, example: str = "") -> tuple[Decimal, ...]:
        """A list of numbers, rising; empty where the key is missing."""
        value = self._take(key, example, needed=False)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.note(key, f"应为一列数字，现为 {shown(value)}{_such_as(example)}")
            return ()
        found = tuple(self._exact(key, one, example) for one in value)
        if self.sound(key) and any(later <= earlier for earlier, later in pairwise(found)):
            self.note(key, f"应从小到大，不能相同{_such_as(example)}")
        return found

    def texts(self, key: str, *, default: tuple[str, ...] = (), example: str = "") -> tuple[str, ...]:
        """A list of texts, or one text for a list of one."""
        value = self._take(key, example, needed=False)
        if value is None:
            return default
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            self.note(key, f"应为一列文字，现为 {shown(value)}{_such_as(example)}")
            return default
        if any(not word.strip() for word in words):
            self.note(key, "里面有空的文字，请删去")
        return tuple(word.strip() for word in words)

    def choice(self, key: str, choices: type[Choice], default: Choice) -> Choice:
        """One word of an enum."""
        word = self.text(key, default=default.value)
        if self.sound(key) and word not in {choice.value for choice in choices}:
            self.note(key, f"没有 {shown(word)} 这种写法{did_you_mean(word, [choice.value for choice in choices])}")
        return choices(word) if self.sound(key) else default

    def close(self) -> None:
        """Refuse the keys nobody asked for."""
        for key in self._raw:
            if key not in self._asked:
                self.note(key, f"没有这个键{did_you_mean(key, sorted(self._asked))}")

    def _take(self, key: str, example: str, *, needed: bool) -> Any:
        self._asked.add(key)
        if key not in self._raw and needed:
            self.note(key, f"没有写{_such_as(example)}")
        value = self._raw.get(key)
        return str(value) if isinstance(value, date | time) else value

    def _exact(self, key: str, value: object, example: str) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            self.note(key, f"应为数字，现为 {shown(value)}{_such_as(example)}")
            return Decimal(0)
        exact = Decimal(value)
        if abs(exact) > LARGEST:
            self.note(key, f"不能超过 {LARGEST}，现为 {shown(value)}")
        elif exact != round(exact, 2):
            self.note(key, f"最多两位小数，现为 {shown(value)}")
        else:
            return plain(exact)
        return Decimal(0)


def _such_as(example: str) -> str:
    return f"；例如 {example}" if example else ""
