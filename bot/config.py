"""Reads config.toml and the environment, once, at start (contract, "config.toml").

Unknown keys and wrong values are refused all at once, each with its place. Below ``bot`` nobody sees
the configuration; ``defaults`` gives what an organization may set otherwise (models/settings.py).
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource
from sqlalchemy import make_url

from bot.config_file import write_new
from bot.config_problems import Refusals
from bot.config_sections import Config, is_loopback

PREFIX = "XIANFENG_"
PATH_VARIABLE = "XIANFENG_CONFIG"
# Names with our prefix that are no keys: where the file is, and what the tests are told.
_NO_KEY = re.compile(f"{PATH_VARIABLE}$|XIANFENG_TEST_")

Raw = dict[str, Any]

__all__ = ["Config", "ConfigError", "check_account", "defaults", "load", "write_new"]


class ConfigError(Exception):
    """The configuration cannot be used; ``problems`` has one sentence per mistake, ``str()`` is all of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class _Environment(EnvSettingsSource):
    """``XIANFENG_<SECTION>__<KEY>`` out of a given environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(Config)
        names = (name for name in environ if name.upper().startswith(PREFIX) and not _NO_KEY.match(name.upper()))
        self.env_vars = {name.lower(): environ[name] for name in names}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """JSON where it is JSON; else the text, for the section to take or refuse like any other."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value

    def strangers(self) -> list[str]:
        """Names with our prefix that belong to no section."""
        sections = {name.removeprefix(PREFIX.lower()).split("__")[0]: name for name in self.env_vars}
        return [name.upper() for section, name in sections.items() if section not in Config.model_fields]


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """The configuration of a file and an environment; the environment wins.

    Without ``path`` the file is the one XIANFENG_CONFIG names, else ./config.toml where there is one.
    Raises ConfigError with every mistake.
    """
    path = path or (Path(environ[PATH_VARIABLE]) if environ.get(PATH_VARIABLE) else None)
    file = path or Path("config.toml")
    raw = _read(file) if path or file.exists() else {}
    source = _Environment(environ)
    given = source()
    merged = _merged(raw, given)
    refusals = Refusals(Config, file.name, given)
    problems = [refusals.stranger(name) for name in source.strangers()] + _together(merged, refusals)
    try:
        config = Config(**merged)
    except ValidationError as error:
        raise ConfigError(problems + refusals.of(error)) from None
    if problems:
        raise ConfigError(problems)
    return _from_folder(config, file.absolute().parent)


def check_account(config: Config) -> None:
    """Raise ConfigError unless the official account is filled in: without it no message can come or go."""
    missing = [name for name in ("app_id", "app_secret") if not getattr(config.wechat, name)]
    if missing:
        raise ConfigError([f"config.toml [wechat] {name} 没有填写：登录公众平台可见" for name in missing])


def defaults(config: Config) -> Raw:
    """What the file says about settings, by their keys in ``models.settings``: an organization's own wins."""
    sections = {
        "notices": config.notices,
        "month": config.month,
        "meetings": config.meetings,
    }
    values = {f"{name}.{key}": value for name, section in sections.items() for key, value in section}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


def _read(file: Path) -> Raw:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError([f"找不到 {file}，可用 xianfeng init 写一个"]) from None
    except OSError as error:
        raise ConfigError([f"打不开 {file}：{error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{file.name} 不是 UTF-8 编码，请另存为 UTF-8"]) from None
    except tomllib.TOMLDecodeError as error:
        # The line itself may hold a secret, so only its place is told.
        found = re.search(r"line (\d+), column (\d+)", str(error))
        where = f"第{found[1]}行第{found[2]}列" if found else "末尾"
        hint = "文字要用英文双引号括起来，一个键、一段只写一遍"
        raise ConfigError([f"{file.name} {where}读不懂：{hint}"]) from None


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> Raw:
    result = dict(below)
    for name, value in above.items():
        held = result.get(name)
        result[name] = _merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return result


def _together(raw: Raw, refusals: Refusals) -> list[str]:
    """What no key can tell by itself."""
    wechat, server = (raw[name] if isinstance(raw.get(name), dict) else {} for name in ("wechat", "server"))
    mode, host = wechat.get("mode", "aes"), server.get("host", "127.0.0.1")
    problems = []
    if mode == "plain" and not is_loopback(str(host)):
        why = f"明文只能用在本机地址上，现在 [server] host 是 {host}"
        problems.append(refusals.wrong(("wechat", "mode"), mode, why))
    if mode == "aes" and wechat.get("encoding_aes_key", "") == "":
        problems.append(refusals.missing(("wechat", "encoding_aes_key")))
    return problems


def _from_folder(config: Config, folder: Path) -> Config:
    """The same with relative paths taken from a folder."""
    url = make_url(config.database.url)
    if url.drivername == "sqlite" and url.database:
        url = url.set(database=str(folder / url.database))
    evidence = config.evidence.url if "://" in config.evidence.url else str(folder / config.evidence.url)
    return config.model_copy(
        update={
            "app": config.app.model_copy(update={"data_dir": folder / config.app.data_dir}),
            "database": config.database.model_copy(update={"url": url.render_as_string(hide_password=False)}),
            "evidence": config.evidence.model_copy(update={"url": evidence}),
        }
    )
