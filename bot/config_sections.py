"""The keys of config.toml (contract, "config.toml"): what each may hold, its default, and what it is for.

The sentence of a key serves three times: as its comment in config.example.toml and in a new config.toml,
and behind every refusal of its value.
"""

from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.config_values import (
    Account,
    Address,
    Channels,
    DatabaseUrl,
    Filled,
    Hook,
    Keyword,
    Kind,
    Mail,
    Mode,
    Quiet,
    Spans,
    Times,
    key,
)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine's own; a name other than localhost is not looked up."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def section_of(annotation: object) -> type[BaseModel] | None:
    """The table behind a key's annotation; None where it is a plain value."""
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


class Section(BaseModel):
    """One table of the file; nothing in it can be changed, and no key it does not know is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class App(Section):
    """Where Xianfeng is, and its secret."""

    base_url: Address = key(
        "对外的网址，消息里的链接从它开始，以 http:// 或 https:// 开头",
        "http://127.0.0.1:8000",
    )
    data_dir: Path = key("数据放在哪个文件夹", Path("data"))
    timezone: Literal["Asia/Shanghai"] = key("时区，目前只有 Asia/Shanghai", "Asia/Shanghai")
    secret_key: str = key(
        "本套程序的密钥，至少 32 个字符，用后不能再换，xianfeng init 会写一个新的",
        secret=True,
        min_length=32,
    )


class Database(Section):
    """Where the data is."""

    url: DatabaseUrl = key(
        "数据库，sqlite:///文件 或 postgresql+psycopg://用户:密码@主机/库名",
        "sqlite:///data/xianfeng.db",
        secret=True,
    )


class Server(Section):
    """Where and with how many processes the pages are served."""

    host: str = key("监听的地址", "127.0.0.1", min_length=1)
    port: int = key("监听的端口，1 到 65535", 8000, ge=1, le=65535)
    workers: int = key("几个进程，1 到 64", 2, ge=1, le=64)
    threads: int = key("每个进程同时办几条，1 到 64，多的排队；SQLite 用 1 最快", 1, ge=1, le=64)
    metrics_token: str = key(
        "别的机器看 /metrics 要带的令牌，至少 16 个字符；空着只有本机能看",
        "",
        secret=True,
        pattern=r"^([\x21-\x7e]{16,})?$",
    )


class Template(Section):
    """One template of the account (wechat.md 5.2)."""

    id: str = key('公众号里这个模板的编号，例如 id = "…"', min_length=1)
    fields: dict[Keyword, Filled] = key(
        '模板的关键词取通知的哪个值，例如 { thing1 = "title", name2 = "member", time3 = "at" }',
        min_length=1,
    )


class WeChat(Section):
    """The official account."""

    app_id: str = key("公众号的 AppID，登录公众平台可见", "", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    app_secret: str = key(
        "公众号的 AppSecret，登录公众平台可见",
        "",
        secret=True,
        pattern=r"^[A-Za-z0-9_-]{0,128}$",
    )
    token: str = key(
        "与公众平台约好的令牌，3 到 32 位字母和数字，两边填一样的",
        secret=True,
        pattern=r"^[A-Za-z0-9]{3,32}$",
    )
    encoding_aes_key: str = key(
        "消息加解密密钥，43 位字母和数字，两边填一样的",
        "",
        secret=True,
        pattern=r"^([A-Za-z0-9]{43})?$",
    )
    mode: Mode = key("aes 加密，plain 明文；明文只能用在本机地址上", "aes")
    api_base: Address = key("微信接口的网址", "https://api.weixin.qq.com")
    account: Account = key("service 服务号，subscription 订阅号", "service")
    channels: Channels = key(
        "用哪些方式推送，按次序试：template 模板消息，subscribe 订阅通知，custom 客服消息",
        ("template", "subscribe", "custom"),
    )
    template_daily: int = key("模板消息一天能发几条，以公众平台上看到的为准；0 不限", 100_000, ge=0, le=100_000_000)
    subscribe_daily: int = key("订阅通知一天能发几条；0 不限", 100_000, ge=0, le=100_000_000)
    custom_daily: int = key("客服消息一天能发几条；0 不限", 500_000, ge=0, le=100_000_000)
    per_minute: int = key("每种方式一分钟最多发几条，微信嫌快时可以调低；0 不限", 0, ge=0, le=1_000_000)
    templates: dict[Kind, Template] = key(
        "每种通知用哪个模板；default 管没有单列的各种通知，可用的值有 title 和 text", {}
    )
    subscriptions: dict[Kind, Template] = key(
        "订阅通知的模板与模板消息不同的，写在这里，写法同上；没有写的用上面的", {}
    )


class Notices(Section):
    """When waiting claims are told (settings notices.*)."""

    digest: Times = key(
        '每天几点把待审的申报合在一条里提醒，空着就逐条提醒，例如 ["12:00", "17:30"]',
        ("12:00", "17:30"),
    )


class Evidence(Section):
    """Where pictures are kept."""

    url: str = key(
        "佐证图片存在哪里：文件夹，或 fsspec 的网址，如 s3://桶/前缀",
        "data/evidence",
        min_length=1,
    )


class Alerts(Section):
    """Who is told, outside the chat, of what a person must see; never anything about people."""

    url: Hook = key("出了要人处理的事，POST 到这个网址，例如群机器人的地址；空着就不发", "", secret=True)
    mail: Mail = key("出了要人处理的事，写信给这个邮箱；空着就不发", "")
    smtp_host: str = key("发信的邮件服务器", "127.0.0.1", min_length=1)
    smtp_port: int = key("邮件服务器的端口，1 到 65535", 25, ge=1, le=65535)
    smtp_security: Literal["none", "starttls", "tls"] = key("与邮件服务器之间：none 不加密，starttls，tls", "none")
    smtp_user: str = key("邮件服务器的用户名，不用登录就空着", "")
    smtp_password: str = key("邮件服务器的密码", "", secret=True)
    smtp_from: Mail = key("发信人的邮箱，空着就同 mail", "")


class Month(Section):
    """The monthly round (settings month.*)."""

    consequences_from: str = key(
        '从哪个月起按分数跟进，例如 "2026-01"；空着就从使用的第三个月起',
        "",
        pattern=r"^(20\d\d-(0[1-9]|1[0-2]))?$",
    )
    claim_days: int = key("次月第几个工作日前可以补报上月的事，1 到 20", 3, ge=1, le=20)
    review_days: int = key("评审几个工作日，1 到 20", 4, ge=1, le=20)
    late_days: int = key("逾期几个工作日没有提交公示，就告知上级，0 到 20", 1, ge=0, le=20)
    disclosure_days: int = key("公示几个工作日，1 到 20", 5, ge=1, le=20)
    spot_share: int = key("抽查已通过申报的百分之几，0 到 100", 10, ge=0, le=100)
    talk_days: int = key("谈话整改几个工作日内完成，1 到 60", 10, ge=1, le=60)
    object_days: int = key("本人几个工作日内可以对跟进提出异议，1 到 20", 5, ge=1, le=20)
    warn_days: int = key("月末前几个工作日提醒还没合格的党员，1 到 20", 5, ge=1, le=20)
    consult_days: int = key("新版细则起用前至少征求意见几个工作日，1 到 60", 5, ge=1, le=60)


class Meetings(Section):
    """Reminders of meetings, and when nobody is disturbed (settings meetings.*)."""

    minutes: int = key("没有写结束时间的会按几分钟算，10 到 720", 120, ge=10, le=720)
    check_in_minutes: int = key("会前几分钟起可以签到，0 到 240", 30, ge=0, le=240)
    late_minutes: int = key("开会几分钟以后签到算迟到，0 到 120", 10, ge=0, le=120)
    minutes_days: int = key("散会后几个工作日内写好会议记录，1 到 20", 3, ge=1, le=20)
    reminders: Spans = key('开会前多久提醒：d 天，h 小时，m 分钟，例如 ["1d", "1h"]', ("1d", "1h"))
    quiet: Quiet = key('几点到几点不打扰，例如 ["22:00", "07:30"]；空着就不分时间', ("22:00", "07:30"))


class Config(BaseSettings):
    """Everything of config.toml; relative paths are already from its folder."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="XIANFENG_",
        env_nested_delimiter="__",
        case_sensitive=False,
    )

    app: App
    database: Database = Database()
    server: Server = Server()
    wechat: WeChat
    notices: Notices = Notices()
    evidence: Evidence = Evidence()
    alerts: Alerts = Alerts()
    month: Month = Month()
    meetings: Meetings = Meetings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what ``bot.config`` hands in: it reads the environment itself, so that nothing reads it twice."""
        return (init_settings,)
