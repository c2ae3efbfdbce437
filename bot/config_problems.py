"""How a configuration is refused: one line per mistake, with its place, in Chinese and the key's own name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.config_file import TABLES
from bot.config_sections import section_of
from bot.office.problems import nearest

Loc = tuple[int | str, ...]
Model = type[BaseModel]
_LONGEST = 60


@dataclass(frozen=True)
class Refusals:
    """Words mistakes; ``given`` is what came from variables of the environment, the rest is the file's."""

    root: Model
    file: str
    given: Mapping[str, Any]

    def of(self, error: ValidationError) -> list[str]:
        """One sentence per mistake, in the order of the keys."""
        return list(dict.fromkeys(self._sentence(mistake) for mistake in error.errors()))

    def wrong(self, loc: Loc, value: object, why: str) -> str:
        """A value that cannot stand there."""
        return f"{self._place(loc)} = {json.dumps(value, ensure_ascii=False, default=str)[:_LONGEST]} 不对：{why}"

    def missing(self, loc: Loc) -> str:
        """A key that must be given and is not."""
        return f"{self._place(loc)} 没有填写{self._says(loc)}"

    def unknown(self, loc: Loc) -> str:
        """A key or a section nobody knows."""
        model = _walk(self.root, loc[:-1])[0]
        what = "没有这一段" if len(loc) == 1 else "没有这个键"
        return f"{self._place(loc)} {what}{_near(str(loc[-1]), list(model.model_fields) if model else [])}"

    def stranger(self, variable: str) -> str:
        """A variable with our prefix that names no section."""
        sections = {name: section_of(field.annotation) for name, field in self.root.model_fields.items()}
        keys = [f"{name}__{key}" for name, section in sections.items() if section for key in section.model_fields]
        return f"环境变量 {variable} 没有这个键{_near(variable, [f'XIANFENG_{key.upper()}' for key in keys])}"

    def _sentence(self, mistake: ErrorDetails) -> str:
        loc, value = mistake["loc"], mistake["input"]
        if mistake["type"] == "extra_forbidden":
            return self.unknown(loc)
        field = _walk(self.root, loc)[1]
        if mistake["type"] == "missing" or value == "":
            return self.missing(loc)
        if field is None or not field.repr or isinstance(value, Mapping):  # secret, or too much to show
            return f"{self._place(loc)} 不对{self._says(loc)}"
        if not field.description:
            return f"{self._place(loc)} 不对：这里应是一段，下面写它的各个键"
        return self.wrong(loc, value, field.description)

    def _place(self, loc: Loc) -> str:
        names = [part for part in loc if isinstance(part, str) and part != "[key]"]
        if _holds(self.given, names):
            return f"环境变量 XIANFENG_{'__'.join(names).upper()}"
        depth = 3 if names[:1] == ["wechat"] and set(names[1:2]) & set(TABLES) and len(names) > 2 else 1
        return " ".join([self.file, f"[{'.'.join(names[:depth])}]", *names[depth:]])

    def _says(self, loc: Loc) -> str:
        field = _walk(self.root, loc)[1]
        return f"：{field.description}" if field is not None and field.description else ""


def _near(word: str, known: list[str]) -> str:
    near = nearest(word, known)
    return f"，是不是 {near}" if near else ""


def _holds(tree: object, names: list[str]) -> bool:
    for name in names:
        if not isinstance(tree, Mapping) or name not in tree:
            return False
        tree = tree[name]
    return True


def _walk(root: Model, loc: Loc) -> tuple[Model | None, FieldInfo | None]:
    """The model and the field at a place, as far as there are any; a step into a mapping stays with its field."""
    model: Model | None = root
    field: FieldInfo | None = None
    for part in loc:
        if model is not None:
            if str(part) not in model.model_fields:
                break
            field = model.model_fields[str(part)]
            model = section_of(field.annotation)
        elif field is not None:
            model = next(
                (section for argument in get_args(field.annotation) if (section := section_of(argument))),
                None,
            )
    return model, field
