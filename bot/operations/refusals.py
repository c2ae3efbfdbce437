"""What WeChat's refusals mean to an operator, and what to do about them (wechat.md 5.7)."""

from bot.wechat.errors import Fault, Refusal, Unclear

# Codes whose remedy differs from that of their class.
BY_CODE = {
    40001: "AppSecret 不对：请在公众平台核对，改 config.toml [wechat] app_secret",
    40013: "AppID 不对：请在公众平台核对，改 config.toml [wechat] app_id",
    40125: "AppSecret 不对：请在公众平台核对，改 config.toml [wechat] app_secret",
    40164: "本机的地址不在公众平台的 IP 白名单里，请加上",
    40243: "AppSecret 已被冻结，请在公众平台解冻或重置",
    41002: "没有 AppID：请填 config.toml [wechat] app_id",
    41004: "没有 AppSecret：请填 config.toml [wechat] app_secret",
    48001: "这个公众号没有这项权限：多半是没有认证，请在公众平台“接口权限”里查看",
    48006: "本月清零次数已用完，要等下月",
    45009: "今天的调用次数已用完，零点后恢复",
    50002: "公众号受限，请登录公众平台看站内通知",
    89503: "要管理员在微信上确认这次调用",
    89506: "管理员没有同意这次调用，24小时后再试",
    89507: "管理员没有同意这次调用，1小时后再试",
}
BY_FAULT = {
    Fault.TRANSIENT: "微信暂时连不上，请稍后再试，并看本机能不能访问 [wechat] api_base",
    Fault.WAIT: "调用太密，请一分钟后再试",
    Fault.EXHAUSTED: "今天的调用次数已用完，零点后恢复",
    Fault.TOKEN: "微信不认现在的令牌，请一分钟后再试",
    Fault.TEMPLATE: "模板编号不对或已停用，请核对 config.toml [wechat.templates]",
    Fault.CHANNEL: "这个公众号没有这项权限，请在公众平台“接口权限”里查看",
    Fault.CONFIGURATION: "公众号的配置不对，请核对 config.toml [wechat] 的 app_id 和 app_secret",
}


def sentence_of(error: Refusal | Unclear) -> str:
    """One line: what to do, and the platform's own words behind it."""
    if isinstance(error, Unclear):
        return f"微信没有给出明确的答复（{error.reason}），不知道是否已生效，请稍后看一下再试"
    means = BY_CODE.get(error.code or 0) or BY_FAULT.get(error.fault) or "微信没有接受"
    code = f"{error.code} " if error.code is not None else ""
    return f"{means}（{code}{error.message}）"
