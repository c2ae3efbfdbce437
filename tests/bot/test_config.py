"""The configuration: file and environment, every mistake at once, and an example that is never out of date."""

import base64
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import config, config_file
from bot.config import ConfigError
from bot.config_sections import Config, Template, section_of
from models import settings
from models.settings import Setting

ROOT = Path(__file__).parents[2]
SECRETS = {
    "XIANFENG_APP__SECRET_KEY": "s" * 32,
    "XIANFENG_WECHAT__TOKEN": "t0ken",
    "XIANFENG_WECHAT__ENCODING_AES_KEY": "a" * 43,
}
Load = Callable[..., Config]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a file of this text, with the secrets in the environment and whatever is given besides."""

    def load(text: str = "", **environ: str) -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return config.load(path, SECRETS | environ)

    return load


@pytest.fixture
def problems(load: Load) -> Callable[..., list[str]]:
    """Everything that is said against a file and an environment."""

    def problems(text: str = "", **environ: str) -> list[str]:
        with pytest.raises(ConfigError) as refusal:
            load(text, **environ)
        assert str(refusal.value) == "\n".join(refusal.value.problems)
        return refusal.value.problems

    return problems


def test_the_defaults_are_those_of_the_contract(load: Load, tmp_path: Path) -> None:
    found = load()
    assert found.app.data_dir == tmp_path / "data"
    assert found.app.timezone == "Asia/Shanghai"
    assert found.database.url == f"sqlite:///{tmp_path}/data/xianfeng.db"
    assert (found.server.host, found.server.port) == ("127.0.0.1", 8000)
    assert (found.wechat.mode, found.wechat.account) == ("aes", "service")
    assert found.wechat.api_base == "https://api.weixin.qq.com"
    assert found.wechat.channels == ("template", "subscribe", "custom")
    assert found.wechat.templates == {}
    assert found.notices.digest == ("12:00", "17:30")
    assert found.evidence.url == f"{tmp_path}/data/evidence"
    assert found.month.consequences_from == ""
    assert found.meetings.reminders == ("1d", "1h")
    assert found.meetings.quiet == ("22:00", "07:30")


def test_every_key_can_come_from_the_environment_which_wins(load: Load) -> None:
    found = load(
        '[server]\nport = 9000\nworkers = 4\n[notices]\ndigest = ["08:00"]',
        XIANFENG_SERVER__PORT="9100",
        XIANFENG_NOTICES__DIGEST="09:00, 18:00",
        XIANFENG_MEETINGS__QUIET='["21:00", "08:00"]',
        XIANFENG_MEETINGS__REMINDERS="",
        XIANFENG_WECHAT__TEMPLATES__DEFAULT__ID="T1",
        XIANFENG_WECHAT__TEMPLATES__DEFAULT__FIELDS='{"thing1": "title"}',
        XIANFENG_WECHAT__TEMPLATES__MONTH_END__ID="T2",
        XIANFENG_WECHAT__TEMPLATES__MONTH_END__FIELDS__THING1="text",
    )
    assert (found.server.port, found.server.workers) == (9100, 4)
    assert found.notices.digest == ("09:00", "18:00")
    assert found.meetings.quiet == ("21:00", "08:00")
    assert found.meetings.reminders == ()
    assert found.wechat.templates["default"] == Template(id="T1", fields={"thing1": "title"})
    assert found.wechat.templates["month_end"] == Template(id="T2", fields={"thing1": "text"})


def test_the_file_is_the_one_named_else_that_of_the_environment_else_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, port in (("a", 1), ("b", 2), ("config", 3)):
        (tmp_path / f"{name}.toml").write_text(f"[server]\nport = {port}")
    named = SECRETS | {"XIANFENG_CONFIG": str(tmp_path / "b.toml")}
    monkeypatch.chdir(tmp_path)
    assert config.load(tmp_path / "a.toml", named).server.port == 1
    assert config.load(None, named).server.port == 2
    assert config.load(None, SECRETS).server.port == 3
    (tmp_path / "config.toml").unlink()
    assert config.load(None, SECRETS).server.port == 8000
    with pytest.raises(ConfigError, match="找不到"):
        config.load(Path("gone.toml"), SECRETS)


def test_relative_paths_are_from_the_files_own_folder_and_others_stay(load: Load, tmp_path: Path) -> None:
    near = load('[app]\ndata_dir = "d"\n[database]\nurl = "sqlite:///x/y.db"\n[evidence]\nurl = "pictures"')
    assert near.app.data_dir == tmp_path / "d"
    assert near.database.url == f"sqlite:///{tmp_path}/x/y.db"
    assert near.evidence.url == f"{tmp_path}/pictures"
    far = load(
        '[app]\ndata_dir = "/d"\n[database]\nurl = "sqlite:////x/y.db"\n[evidence]\nurl = "s3://bucket/pictures"'
    )
    assert far.app.data_dir == Path("/d")
    assert far.database.url == "sqlite:////x/y.db"
    assert far.evidence.url == "s3://bucket/pictures"


def test_postgresql_keeps_its_password_and_gets_its_driver(load: Load) -> None:
    found = load('[database]\nurl = "postgresql://u:p%40ss@db/xianfeng"')
    assert found.database.url == "postgresql+psycopg://u:p%40ss@db/xianfeng"
    assert "p%40ss" not in repr(found)


def test_every_mistake_is_named_at_once_with_its_place(problems: Callable[..., list[str]]) -> None:
    said = problems(
        """
        [app]
        base_url = "xianfeng.example.org"
        [server]
        port = "http"
        workrs = 3
        [wechat]
        mode = "plian"
        channels = ["template", "sms"]
        [wechat.templates.default]
        id = "T1"
        fields = { Thing1 = "title" }
        [wechat.templates.month_end]
        idd = "T2"
        [wechat.subscriptions.relay]
        id = "T3"
        [notice]
        digest = []
        [month]
        consequences_from = 2026
        [meetings]
        quiet = ["22:00"]
        """,
        XIANFENG_APP__SECRET_KEY="too short to be one",
        XIANFENG_NOTICES__DIGEST="12:00,25:00",
        XIANFENG_DATABASE_URL="sqlite:///x.db",
    )
    starts = [
        "环境变量 XIANFENG_DATABASE_URL 没有这个键，是不是 XIANFENG_DATABASE__URL",
        'config.toml [app] base_url = "xianfeng.example.org" 不对：',
        "环境变量 XIANFENG_APP__SECRET_KEY 不对：",
        'config.toml [server] port = "http" 不对：监听的端口，1 到 65535',
        "config.toml [server] workrs 没有这个键，是不是 workers",
        'config.toml [wechat] mode = "plian" 不对：',
        'config.toml [wechat] channels = "sms" 不对：',
        'config.toml [wechat.templates.default] fields Thing1 = "Thing1" 不对：',
        "config.toml [wechat.templates.month_end] id 没有填写：",
        "config.toml [wechat.templates.month_end] fields 没有填写：",
        "config.toml [wechat.templates.month_end] idd 没有这个键，是不是 id",
        "config.toml [wechat.subscriptions.relay] fields 没有填写：",
        '环境变量 XIANFENG_NOTICES__DIGEST = "25:00" 不对：',
        "config.toml [month] consequences_from = 2026 不对：",
        'config.toml [meetings] quiet = ["22:00"] 不对：',
        "config.toml [notice] 没有这一段，是不是 notices",
    ]
    assert len(said) == len(starts)
    for sentence, start in zip(said, starts, strict=True):
        assert sentence.startswith(start)
    assert not any("too short" in sentence for sentence in said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("server = 8000", "config.toml [server] 不对：这里应是一段"),
        ("[database]\nurl = 'mysql://db/xianfeng'", "config.toml [database] url 不对：数据库"),
        ("[database]\nurl = 'sqlite://'", "config.toml [database] url 不对：数据库"),
        ("[database]\nurl = 'xianfeng.db'", "config.toml [database] url 不对：数据库"),
        ("[app]\ntimezone = 'UTC'", 'config.toml [app] timezone = "UTC" 不对：时区'),
        ("[app]\nbase_url = 'https://x/?a=b'", 'config.toml [app] base_url = "https://x/?a=b" 不对：对外的网址'),
        ("[server]\nport = 0", "config.toml [server] port = 0 不对：监听的端口"),
        ("[meetings]\nreminders = ['1d', '1d']", 'config.toml [meetings] reminders = ["1d", "1d"] 不对：开会前多久'),
        ("[meetings]\nreminders = ['soon']", 'config.toml [meetings] reminders = "soon" 不对：开会前多久'),
        ("[month]\nclaim_days = 0", "config.toml [month] claim_days = 0 不对：次月第几个工作日"),
        ("[wechat]\ntoken = geheim", "config.toml 第2行第9列读不懂："),
        ("[wechat]\ntoken = 'geheim", "config.toml 末尾读不懂："),
        ("[server]\n[server]", "config.toml 第2行第8列读不懂："),
    ],
)
def test_a_wrong_value_is_refused(problems: Callable[..., list[str]], text: str, said: str) -> None:
    (sentence,) = problems(text)
    assert sentence.startswith(said)
    assert "geheim" not in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("XIANFENG_APP__SECRET_KEY", "s" * 31),
        ("XIANFENG_WECHAT__TOKEN", "t0"),
        ("XIANFENG_WECHAT__TOKEN", "with space"),
        ("XIANFENG_WECHAT__ENCODING_AES_KEY", "a" * 42),
        ("XIANFENG_WECHAT__ENCODING_AES_KEY", "a" * 42 + "="),
        ("XIANFENG_WECHAT__APP_SECRET", "not a secret"),
    ],
)
def test_a_wrong_secret_is_refused_without_being_shown(
    problems: Callable[..., list[str]], name: str, value: str
) -> None:
    (sentence,) = problems(**{name: value})
    assert sentence.startswith(f"环境变量 {name} 不对：")
    assert value not in sentence


def test_what_must_be_given_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[app]\n[wechat]\ntoken = ""')
    with pytest.raises(ConfigError) as refusal:
        config.load(path, {})
    assert [sentence.split("：")[0] for sentence in refusal.value.problems] == [
        "config.toml [wechat] encoding_aes_key 没有填写",
        "config.toml [app] secret_key 没有填写",
        "config.toml [wechat] token 没有填写",
    ]


def test_plaintext_is_for_this_machine_alone(load: Load, problems: Callable[..., list[str]]) -> None:
    plain = {"XIANFENG_WECHAT__MODE": "plain", "XIANFENG_WECHAT__ENCODING_AES_KEY": ""}
    for host in ("127.0.0.1", "localhost", "::1", "127.8.0.1"):
        assert load(f'[server]\nhost = "{host}"', **plain).wechat.mode == "plain"
    for host in ("0.0.0.0", "::", "192.168.1.8", "xianfeng.example.org"):
        (sentence,) = problems(f'[server]\nhost = "{host}"', **plain)
        assert sentence.startswith('环境变量 XIANFENG_WECHAT__MODE = "plain" 不对：')
        assert host in sentence


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("[server] # 端口".encode("gb18030"))
    with pytest.raises(ConfigError, match="不是 UTF-8 编码"):
        config.load(path, SECRETS)
    with pytest.raises(ConfigError, match="打不开"):
        config.load(tmp_path, SECRETS)


def test_nothing_can_be_changed_once_it_is_read_and_no_secret_is_shown(load: Load) -> None:
    found = load('[wechat]\napp_secret = "geheim"')
    with pytest.raises(ValidationError):
        found.server.port = 1  # type: ignore[misc]
    with pytest.raises(ValidationError):
        found.server = found.server  # type: ignore[misc]
    for secret in ("geheim", *SECRETS.values()):
        assert secret not in repr(found)


def test_the_account_is_needed_only_where_messages_come_and_go(load: Load) -> None:
    with pytest.raises(ConfigError, match=r"\[wechat\] app_id 没有填写.*\n.*\[wechat\] app_secret 没有填写"):
        config.check_account(load())
    config.check_account(load('[wechat]\napp_id = "wx0123456789abcdef"\napp_secret = "geheim"'))


def test_every_setting_of_these_sections_has_its_default_from_the_file(load: Load) -> None:
    single = [value for value in vars(settings).values() if isinstance(value, Setting)]  # cadences are set per kind
    known = {value.key: value.default for value in single}
    given = config.defaults(load())
    sections = {key.partition(".")[0] for key in given}
    assert {
        key: default for key, default in known.items() if key.partition(".")[0] in sections
    }.items() <= given.items()
    assert config.defaults(load('[notices]\ndigest = ["08:00"]'))["notices.digest"] == ["08:00"]


def every_key() -> list[str]:
    """All keys as a file names them."""
    sections = {name: section_of(field.annotation) for name, field in Config.model_fields.items()}
    keys = [key for section in sections.values() if section for key in section.model_fields]
    return [*(key for key in keys if key not in config_file.TABLES), *Template.model_fields]


def test_the_example_names_every_key_with_a_comment_and_loads() -> None:
    path = ROOT / "config.example.toml"
    text = path.read_text(encoding="utf-8")
    assert text == config_file.render({}), "renew it: python -m bot.config_file > config.example.toml"
    lines = text.splitlines()
    for key in every_key():
        (place,) = [number for number, line in enumerate(lines) if line.removeprefix("# ").startswith(f"{key} = ")][:1]
        assert lines[place - 1].startswith("# ")
    assert "[wechat.templates.default]" in text
    assert config.load(path, SECRETS).server.port == 8000


def test_the_example_has_the_defaults(load: Load) -> None:
    assert load((ROOT / "config.example.toml").read_text(encoding="utf-8")) == load()


def test_a_new_file_has_fresh_secrets_loads_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    paths = [tmp_path / "one" / "config.toml", tmp_path / "other" / "config.toml"]
    for path in paths:
        config.write_new(path, {("app", "base_url"): "https://xianfeng.example.org"})
    one, other = (config.load(path, {}) for path in paths)
    for section, key in (("app", "secret_key"), ("wechat", "token"), ("wechat", "encoding_aes_key")):
        assert getattr(getattr(one, section), key) != getattr(getattr(other, section), key)
    assert one.app.base_url == "https://xianfeng.example.org"
    key = one.wechat.encoding_aes_key
    assert base64.b64encode(base64.b64decode(f"{key}=", validate=True)).decode() == f"{key}="
    assert stat.S_IMODE(paths[0].stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        config.write_new(paths[0])
