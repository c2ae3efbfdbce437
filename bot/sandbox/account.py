"""The interfaces that prove who calls and who visits: access tokens and web authorisation (wechat.md 4 and 6)."""

from hmac import compare_digest
from typing import Any

from flask import request

from bot.sandbox.bodies import read_json
from bot.sandbox.errors import ApiError
from bot.sandbox.platform import Platform


def token(platform: Platform) -> dict[str, object]:
    """GET /cgi-bin/token."""
    _check_account(platform, request.args.get("appid"), request.args.get("secret"))
    _check_grant_type(request.args.get("grant_type"))
    with platform.lock:
        return platform.tokens.plain(platform.now())


def stable_token(platform: Platform) -> dict[str, object]:
    """POST /cgi-bin/stable_token."""
    body = read_json()
    _check_account(platform, body.get("appid"), body.get("secret"))
    _check_grant_type(body.get("grant_type"))
    with platform.lock:
        return platform.tokens.stable(platform.now(), force=body.get("force_refresh") is True)


def _check_account(platform: Platform, app_id: Any, secret: Any) -> None:
    options = platform.options
    if not app_id:
        raise ApiError(41002)
    if not secret:
        raise ApiError(41004)
    if app_id != options.app_id:
        raise ApiError(40013)
    if not compare_digest(str(secret).encode(), options.app_secret.encode()):
        raise ApiError(40125)
    if platform.refuses_ip:
        ip = request.remote_addr
        raise ApiError(40164, f"invalid ip {ip} ipv6 ::ffff:{ip}, not in whitelist")


def _check_grant_type(grant_type: Any) -> None:
    if grant_type != "client_credential":
        raise ApiError(40002)


def visitor(platform: Platform) -> dict[str, object]:
    """GET /sns/oauth2/access_token."""
    _check_account(platform, request.args.get("appid"), request.args.get("secret"))
    if request.args.get("grant_type") != "authorization_code":
        raise ApiError(40002)
    with platform.lock:
        return platform.visits.exchange(request.args.get("code"), platform.now())


def visitor_again(platform: Platform) -> dict[str, object]:
    """GET /sns/oauth2/refresh_token."""
    if request.args.get("appid") != platform.options.app_id:
        raise ApiError(40013)
    with platform.lock:
        return platform.visits.refresh(request.args.get("refresh_token"), platform.now())
