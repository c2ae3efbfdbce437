"""Writes config.toml: every key with its default and its comment, from ``bot.config_sections`` alone.

``python -m bot.config_file > config.example.toml`` renews the example; a test compares them.
"""

import json
import os
import secrets
import string
import sys
from collections.abc import Mapping
from pathlib import Path

from pydantic.fields import FieldInfo

from bot.config_sections import Config, Template, section_of

HEAD = """\
# Xianfeng reads this file once, at start; after a change, start it again.
# 每个键也可以写成环境变量 XIANFENG_<段>__<键>，例如 XIANFENG_SERVER__PORT=9000，环境变量优先。
# 相对路径从本文件所在的文件夹算起。写错的键和值，启动时会一次全部指出。
"""
TABLES = ("templates", "subscriptions")  # tables of [wechat], one entry a kind of notice
_ALPHABET = string.ascii_letters + string.digits
# The last of 43 characters carries 4 bits only; others would decode alike, and strict decoders refuse them.
_LAST = "AEIMQUYcgkosw048"

Values = Mapping[tuple[str, str], object]


def render(values: Values) -> str:
    """The text of a config.toml with these values in the places of the defaults."""
    sections = [_section(name, field, values) for name, field in Config.model_fields.items()]
    return "\n".join([HEAD, *sections])


def fresh_secrets() -> dict[tuple[str, str], str]:
    """A secret key, and what the official account's page asks for: a token and an EncodingAESKey."""
    key = "".join(secrets.choice(_ALPHABET) for _ in range(42)) + secrets.choice(_LAST)
    return {
        ("app", "secret_key"): secrets.token_urlsafe(48),
        ("wechat", "token"): "".join(secrets.choice(_ALPHABET) for _ in range(32)),
        ("wechat", "encoding_aes_key"): key,
    }


def write_new(path: Path, values: Values | None = None) -> None:
    """Write a config.toml with fresh secrets, for its owner's eyes only; raises FileExistsError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(render({**fresh_secrets(), **(values or {})}))


def _section(name: str, field: FieldInfo, values: Values) -> str:
    model = section_of(field.annotation)
    assert model is not None
    keys = [_key(name, key, one, values) for key, one in model.model_fields.items() if key not in TABLES]
    templates = [_templates(key, one) for key, one in model.model_fields.items() if key in TABLES]
    return "\n".join([f"[{name}]", *keys, *templates, ""])


def _key(section: str, key: str, field: FieldInfo, values: Values) -> str:
    default = "" if field.is_required() else field.default
    value = values.get((section, key), default)
    return f"# {field.description}\n{key} = {_toml(value)}"


def _templates(table: str, field: FieldInfo) -> str:
    keys = Template.model_fields
    lines = [
        f"\n# {field.description}",
        f"# [wechat.{table}.default]",
        f"# id = {_toml('')}  # {keys['id'].description}",
        f'# fields = {{ thing1 = "title", thing2 = "text" }}  # {keys["fields"].description}',
    ]
    return "\n".join(lines)


def _toml(value: object) -> str:
    # For texts, whole numbers and lists of texts JSON is TOML.
    plain = list(value) if isinstance(value, tuple) else value
    return json.dumps(str(plain) if isinstance(plain, Path) else plain, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(render({}))
