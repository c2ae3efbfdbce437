"""Doctor's look at the machine: the configuration's own sense, the folder for evidence, and Chinese fonts."""

import os
import secrets
import shutil
import stat
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from bot import config as configuration
from bot.config import Config
from bot.config_sections import is_loopback
from bot.evidence import Cabinet
from bot.operations import troubles
from bot.operations.findings import Finding, fails, fine, note

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts")
FONT_NAMES = ("wqy", "cjk", "notosanssc", "notoserifsc", "simsun", "simhei", "msyh", "pingfang", "droidsansfallback")


def look(config: Config, path: Path | None) -> Iterator[Finding]:
    """What can be seen without database and network."""
    yield from _file(path)
    yield from _address(config)
    yield _evidence(config)
    yield from _room(config)
    yield from _alerts(config)
    yield from _backups(config)
    yield _fonts()


def _file(path: Path | None) -> Iterator[Finding]:
    file = path or Path(os.environ.get(configuration.PATH_VARIABLE) or "config.toml")
    if file.exists() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield note(f"{file} 里有密钥，别的用户也能打开", f"请运行 chmod 600 {file}")


def _address(config: Config) -> Iterator[Finding]:
    """Whether phones can open the links: only an address of the outside can be reached by them."""
    site, api = urlsplit(config.app.base_url), urlsplit(config.wechat.api_base)
    if is_loopback(api.hostname or ""):
        yield note(f"[wechat] api_base 是 {config.wechat.api_base}，连的是演示用的替身，不是真的微信")
    elif is_loopback(site.hostname or ""):
        yield fails(f"[app] base_url 是 {config.app.base_url}，手机打不开", "请改成对外的网址")
    elif site.scheme != "https":
        yield note(f"[app] base_url 是 {config.app.base_url}，没有加密", "请换成 https")
    else:
        yield fine(f"对外的网址 {config.app.base_url}，公众平台的服务器地址填 {config.app.base_url}/wechat")


def _evidence(config: Config) -> Finding:
    """Write, read and remove a small file where pictures are kept."""
    try:
        cabinet = Cabinet(config.evidence.url)
        name = f"{cabinet.root}/.doctor-{secrets.token_hex(8)}"
        cabinet.files.makedirs(cabinet.root, exist_ok=True)
        with cabinet.files.open(name, "wb") as file:
            file.write(b"doctor")
        cabinet.files.rm_file(name)
    except (OSError, ValueError, ImportError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        return fails(f"佐证图片存不了（[evidence] url）：{reason}", "请看文件夹在不在、能不能写")
    return fine("佐证图片的存放处能写")


def _room(config: Config) -> Iterator[Finding]:
    yield from (note(trouble.says) for trouble in troubles.of_disk(config))


def _alerts(config: Config) -> Iterator[Finding]:
    if not (config.alerts.url or config.alerts.mail):
        yield note("出了要人处理的事，没有人会收到提醒", "请填 config.toml [alerts] 的 url 或 mail")


def _backups(config: Config) -> Iterator[Finding]:
    """PostgreSQL's own programs make the backup."""
    if config.database.url.startswith("postgresql") and shutil.which("pg_dump") is None:
        yield note("找不到 pg_dump，xianfeng backup 用不了", "请安装 PostgreSQL 的客户端程序，版本不低于数据库")


def _fonts() -> Finding:
    if has_chinese_font(shutil.which("fc-list"), FONT_FOLDERS):
        return fine("有中文字体")
    return note("没有找到中文字体，本机画的图表和截图里汉字会是方块", "可安装 fonts-wqy-microhei")


def has_chinese_font(fontconfig: str | None, folders: Sequence[str]) -> bool:
    """By fontconfig's ``fc-list`` where it is there, else by the names of font files in some folders."""
    if fontconfig is not None:
        found = subprocess.run([fontconfig, ":lang=zh", "family"], check=False, capture_output=True, timeout=20)
        return bool(found.stdout.strip())
    files = (file for folder in folders for file in Path(folder).expanduser().rglob("*.[ot]t[cf]"))
    return any(name in file.name.lower() for file in files for name in FONT_NAMES)
