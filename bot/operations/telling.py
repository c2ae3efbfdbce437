"""Tells a person outside the chat: a POST to an address, a mail, or both (config.toml [alerts])."""

import json
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from urllib.request import Request, urlopen

from bot.config_sections import Alerts
from models.months import SHANGHAI

PATIENCE = 10  # seconds


class NotTold(Exception):
    """Nobody could be told; the reason holds neither address nor password."""


def tell(alerts: Alerts, cause: str, says: str, *, site: str, now: datetime) -> None:
    """Tell it on every way that is configured; raises NotTold when one of them failed."""
    text = f"先锋：{says}（{site}）"
    try:
        if alerts.url:
            _post(alerts.url, cause, text, now)
        if alerts.mail:
            _mail(alerts, text, now)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise NotTold(type(error).__name__) from None


def _post(url: str, cause: str, text: str, now: datetime) -> None:
    # The robots of WeCom and DingTalk take a text in this form, and look at nothing else.
    body = {"msgtype": "text", "text": {"content": text}, "cause": cause, "at": now.astimezone(SHANGHAI).isoformat()}
    request = Request(url, json.dumps(body, ensure_ascii=False).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=PATIENCE):
        pass


def _mail(alerts: Alerts, text: str, now: datetime) -> None:
    message = EmailMessage()
    message["Subject"] = text.partition("；")[0]
    message["From"] = alerts.smtp_from or alerts.mail
    message["To"] = alerts.mail
    message["Date"] = now
    message.set_content(text)
    with _server(alerts) as server:
        if alerts.smtp_user:
            server.login(alerts.smtp_user, alerts.smtp_password)
        server.send_message(message)


def _server(alerts: Alerts) -> smtplib.SMTP:
    where = (alerts.smtp_host, alerts.smtp_port)
    if alerts.smtp_security == "tls":
        return smtplib.SMTP_SSL(*where, timeout=PATIENCE, context=ssl.create_default_context())
    server = smtplib.SMTP(*where, timeout=PATIENCE)
    if alerts.smtp_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server
