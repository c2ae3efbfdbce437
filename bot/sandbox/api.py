"""The platform's interfaces over HTTP: the paths of contract.md, "WeChat's side", and the picture of a QR code.

Every answer is HTTP 200 with JSON, whatever the request's Content-Type (wechat.md 9). A call goes through, in order:
an ordered fault, the access token, the quota, its own checks.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import Blueprint, Response, request

from bot.sandbox import account, sending
from bot.sandbox.bodies import ESCAPED, read_json
from bot.sandbox.envelopes import Value
from bot.sandbox.errors import ApiError, answer
from bot.sandbox.faults import Fault, Faults, How
from bot.sandbox.platform import Platform

Answer = dict[str, object] | Response
OK: dict[str, object] = {"errcode": 0, "errmsg": "ok"}


class Finish(Protocol):
    """Tells the bot by an event, some time later, what became of a message."""

    def __call__(self, openid: str, name: str, fields: Mapping[str, Value]) -> None: ...


@dataclass(frozen=True)
class Interface:
    """One path: its method, its function, and whether it needs an access token."""

    method: str
    run: Callable[[Platform], Answer]
    token: bool = True


def blueprint(platform: Platform, faults: Faults, finish: Finish) -> Blueprint:
    """The routes under /cgi-bin/ and /sns/."""
    api = Blueprint("api", __name__)
    interfaces = _interfaces(finish)

    @api.get("/cgi-bin/showqrcode")
    def showqrcode() -> Response:
        picture = platform.tickets.picture(request.args.get("ticket", ""), platform.now())
        return Response(picture or b"", 200 if picture else 404, mimetype="image/png")

    @api.route("/cgi-bin/<path:rest>", methods=["GET", "POST"])
    @api.route("/sns/<path:rest>", methods=["GET", "POST"])
    def call(rest: str) -> Response:
        fault = faults.take(request.path)
        return _call(platform, interfaces) if fault is None else failing(fault)

    def failing(fault: Fault) -> Response:
        if fault.how in {How.DROP, How.HANG}:
            done = _call(platform, interfaces)
            if fault.how is How.DROP:
                return _cut()
            faults.hang(fault.seconds)
            return done
        return _undone(fault, platform.now())

    return api


def _undone(fault: Fault, now: datetime) -> Response:
    """The answer of a call that fails before anything is done."""
    if fault.how is How.ERRCODE:
        return _json(answer(ApiError(fault.errcode), now))
    if fault.how is How.BAD_GATEWAY:
        return Response("<html><h1>502 Bad Gateway</h1></html>", 502, mimetype="text/html")
    if fault.how is How.HTML:
        return Response("<html><body>Service Temporarily Unavailable</body></html>", mimetype="text/html")
    return _cut()


def paths() -> list[str]:
    """The paths that can be called, for the tools panel."""
    return sorted(_interfaces(lambda openid, name, fields: None))


def _interfaces(finish: Finish) -> dict[str, Interface]:
    def template_send(platform: Platform) -> Answer:
        body = read_json()
        sent = sending.template(platform, body)
        if sent.status is not None:
            finish(body["touser"], "TEMPLATESENDJOBFINISH", {"MsgID": sent.msgid, "Status": sent.status})
        return {**OK, "msgid": sent.msgid}

    def bizsend(platform: Platform) -> Answer:
        body = read_json()
        msgid = sending.subscription(platform, body)
        fate: dict[str, Value] = {"TemplateId": body["template_id"], "MsgID": msgid, "ErrorCode": "0"}
        fate["ErrorStatus"] = sending.SUCCESS
        finish(body["touser"], "subscribe_msg_sent_event", {"SubscribeMsgSentEvent": {"List": fate}})
        return {**OK, "msgid": msgid}

    return {
        "/cgi-bin/token": Interface("GET", account.token, token=False),
        "/cgi-bin/stable_token": Interface("POST", account.stable_token, token=False),
        "/cgi-bin/message/template/send": Interface("POST", template_send),
        "/cgi-bin/message/subscribe/bizsend": Interface("POST", bizsend),
        "/cgi-bin/message/custom/send": Interface("POST", _custom_send),
        "/cgi-bin/qrcode/create": Interface("POST", _qrcode),
        "/cgi-bin/media/get": Interface("GET", _media_get),
        "/cgi-bin/media/upload": Interface("POST", _media_upload),
        "/cgi-bin/menu/create": Interface("POST", _menu),
        "/cgi-bin/user/info": Interface("GET", _user_info),
        "/sns/oauth2/access_token": Interface("GET", account.visitor, token=False),
        "/sns/oauth2/refresh_token": Interface("GET", account.visitor_again, token=False),
    }


def _call(platform: Platform, interfaces: dict[str, Interface]) -> Response:
    """One call, noted in the journal."""
    started = time.monotonic()
    try:
        done = _checked(platform, interfaces.get(request.path))
        result = "ok"
    except ApiError as error:
        done = answer(error, platform.now())
        result = f"{error.code} {error.message}"
    seconds = time.monotonic() - started
    platform.journal.note(platform.now(), request.path, result, fine=result == "ok", seconds=seconds)
    return done if isinstance(done, Response) else _json(done)


def _checked(platform: Platform, interface: Interface | None) -> Answer:
    if interface is None:
        raise ApiError(40066, "invalid url")
    if interface.method == "POST" and request.method != "POST":
        raise ApiError(43002)
    with platform.lock:
        if interface.token:
            platform.tokens.check(request.args.get("access_token"), platform.now())
        platform.quotas.count(request.path, platform.now())
    return interface.run(platform)


def _custom_send(platform: Platform) -> Answer:
    sending.custom(platform, read_json())
    return OK


def _qrcode(platform: Platform) -> Answer:
    with platform.lock:
        return platform.tickets.create(read_json(), platform.now())


def _media_get(platform: Platform) -> Answer:
    media_id = request.args.get("media_id")
    if not media_id:
        raise ApiError(41006)
    medium = platform.media.get(media_id, platform.now())
    if medium.kind == "video":
        return {"video_url": f"{request.host_url}sandbox/media/{medium.media_id}"}
    disposition = {"Content-disposition": f'attachment; filename="{medium.filename}"'}
    return Response(medium.data, mimetype=medium.mime, headers=disposition)


def _media_upload(platform: Platform) -> Answer:
    part = request.files.get("media")
    if part is None or not part.filename:
        raise ApiError(41005)
    medium = platform.media.add(request.args.get("type", ""), part.read(), platform.now())
    name = "thumb_media_id" if medium.kind == "thumb" else "media_id"
    return {"type": medium.kind, name: medium.media_id, "created_at": int(medium.at.timestamp())}


def _menu(platform: Platform) -> Answer:
    if ESCAPED.search(request.get_data(as_text=True)):
        raise ApiError(40033)
    with platform.lock:
        platform.menu.create(read_json())
        platform.feed.publish("menu", platform.menu.buttons)
    return OK


def _user_info(platform: Platform) -> Answer:
    user = platform.user(request.args.get("openid"))
    if not user.follows or user.followed_at is None:
        return {"subscribe": 0, "openid": user.openid}
    how = "ADD_SCENE_QR_CODE" if user.scene else "ADD_SCENE_SEARCH"
    number = int(user.scene) if user.scene.isdigit() else 0
    known = {"subscribe": 1, "openid": user.openid, "language": "zh_CN", "subscribe_scene": how}
    empty = {"nickname": "", "sex": 0, "city": "", "province": "", "country": "", "headimgurl": "", "remark": ""}
    since = {"subscribe_time": int(user.followed_at.timestamp()), "groupid": 0, "tagid_list": []}
    return {**known, **empty, **since, "qr_scene": number, "qr_scene_str": user.scene}


def _json(body: dict[str, object]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")


def _cut() -> Response:
    """Cut the connection: the caller gets no answer and cannot know what was done."""
    connection = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(2)
    return Response(status=502)
