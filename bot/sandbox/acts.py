"""What the page, or a test in a person's place, does with a phone. Every body is JSON unless said otherwise.

    POST /sandbox/phones     {staff_no, fresh?}         puts a phone on the page, a new one follows first;
                                                        without staff_no, a passer-by's
    POST /sandbox/close      {openid}                   takes it off again
    POST /sandbox/say        {openid, text}             sends a text
    POST /sandbox/tap        {openid, label}            taps the newest link or menu line with this label, or
                             {openid, bubble, index}    the one at this place among those of a bubble
    POST /sandbox/menu       {openid, name, scanned?}   presses a button of the menu, or {openid, path: [1, 0]}
    POST /sandbox/picture    form: openid, file         sends a picture
    POST /sandbox/voice      {openid, text}             sends a voice message with this recognised text
    POST /sandbox/follow     {openid, scene?}           follows, as by a QR code when there is a scene
    POST /sandbox/unfollow   {openid}
    POST /sandbox/receiving  {openid, on}               switches receiving on or off
    POST /sandbox/scan       {openid, code}             scans a QR code's content, or a scene
    POST /sandbox/subscribe  {openid, template_id,      says whether to be sent a subscription notice, each yes
                              accept}                   for one; accept "never" switches them off
    POST /sandbox/read       {openid, bubble}           has looked down to this bubble
    POST /sandbox/event      {openid, event, fields}    sends any event

say, tap and event also take {copies, again}: sent so often at the same moment, and again so often afterwards.
What is sent answers {"bubble": own id, "answers": [what each delivery showed, or null], "attempts", "problem", "url"}:
`problem` is null or says what WeChat would not have taken; `url` is an address the phone opens. Pushes are in the chat.
What WeChat's client would not let a person do answers 409 with {"error": a Chinese sentence}.
"""

from typing import Any

from flask import Blueprint, abort, request

from bot.sandbox import bubbles
from bot.sandbox.links import Part
from bot.sandbox.phones import Copies, NotPossible, Phones
from bot.sandbox.platform import Platform
from bot.sandbox.roster import Roster

Told = dict[str, Any]


def fields() -> dict[str, Any]:
    """The JSON object of a request, or 400."""
    body = request.get_json(force=True, silent=True)
    return body if isinstance(body, dict) else abort(400)


def text_of(body: dict[str, Any], key: str, default: str | None = None) -> str:
    """A text of the body, or 400."""
    value = body.get(key, default)
    return value if isinstance(value, str) else abort(400)


def number_of(body: dict[str, Any], key: str, default: int | None = None) -> int:
    """A whole number of the body, or 400."""
    value = body.get(key, default)
    return value if isinstance(value, int) else abort(400)


def blueprint(platform: Platform, roster: Roster, phones: Phones) -> Blueprint:
    """The routes under /sandbox/ that act for a person."""
    acts = Blueprint("acts", __name__)
    _messages(acts, platform, phones)
    _senses(acts, phones)
    _belonging(acts, roster, phones)
    return acts


def _messages(acts: Blueprint, platform: Platform, phones: Phones) -> None:
    @acts.post("/sandbox/say")
    def say() -> Told:
        body = fields()
        return phones.say(text_of(body, "openid"), text_of(body, "text"), _copies(body)).packed()

    @acts.post("/sandbox/tap")
    def tap() -> Told:
        body = fields()
        openid = text_of(body, "openid")
        part = _tapped(platform, openid, body)
        if part is None:
            raise NotPossible("没有这个可点的内容")
        return phones.tap(openid, part, _copies(body)).packed()

    @acts.post("/sandbox/menu")
    def menu() -> Told:
        body = fields()
        path = body.get("path")
        found = platform.menu.at(path) if isinstance(path, list) else platform.menu.named(text_of(body, "name"))
        if found is None:
            raise NotPossible("菜单里没有这一项")
        return phones.press(text_of(body, "openid"), found, text_of(body, "scanned", "")).packed()


def _senses(acts: Blueprint, phones: Phones) -> None:
    @acts.post("/sandbox/picture")
    def picture() -> Told:
        file = request.files.get("file") or abort(400)
        return phones.picture(request.form.get("openid", ""), file.read(), request.host_url).packed()

    @acts.post("/sandbox/voice")
    def voice() -> Told:
        body = fields()
        return phones.voice(text_of(body, "openid"), text_of(body, "text", "")).packed()

    @acts.post("/sandbox/scan")
    def scan() -> Told:
        body = fields()
        return phones.scan(text_of(body, "openid"), text_of(body, "code")).packed()

    @acts.post("/sandbox/event")
    def event() -> Told:
        body = fields()
        values = body.get("fields", {})
        return phones.event(text_of(body, "openid"), text_of(body, "event"), values, _copies(body)).packed()

    @acts.post("/sandbox/subscribe")
    def subscribe() -> Told:
        body = fields()
        openid, template_id = text_of(body, "openid"), text_of(body, "template_id")
        if body.get("accept") == "never":
            return phones.stop_notices(openid, template_id).packed()
        return phones.subscribe(openid, template_id, accept=body.get("accept") is True).packed()


def _belonging(acts: Blueprint, roster: Roster, phones: Phones) -> None:
    @acts.post("/sandbox/phones")
    def open_phone() -> Told:
        body = fields()
        staff_no = body.get("staff_no")
        user = roster.open(str(staff_no) if staff_no else None, fresh=body.get("fresh") is True)
        if user.followed_at is None:
            phones.follow(user.openid)
        return roster.phone(user)

    @acts.post("/sandbox/close")
    def close() -> Told:
        roster.close(text_of(fields(), "openid"))
        return {}

    @acts.post("/sandbox/follow")
    def follow() -> Told:
        body = fields()
        return phones.follow(text_of(body, "openid"), scene=text_of(body, "scene", "")).packed()

    @acts.post("/sandbox/unfollow")
    def unfollow() -> Told:
        return phones.unfollow(text_of(fields(), "openid")).packed()

    @acts.post("/sandbox/receiving")
    def receiving() -> Told:
        body = fields()
        phones.receive(text_of(body, "openid"), on=body.get("on") is True)
        return {}

    @acts.post("/sandbox/read")
    def read() -> Told:
        body = fields()
        phones.read(text_of(body, "openid"), number_of(body, "bubble"))
        return {}


def _copies(body: dict[str, Any]) -> Copies:
    return Copies(min(max(number_of(body, "copies", 1), 1), 32), min(max(number_of(body, "again", 0), 0), 32))


def _tapped(platform: Platform, openid: str, body: dict[str, Any]) -> Part | None:
    platform.user(openid)
    if "bubble" not in body:
        return bubbles.find_tap(platform.store.chat(openid, limit=500), text_of(body, "label"))
    number, index = number_of(body, "bubble"), number_of(body, "index")
    chat = platform.store.chat(openid, after=number - 1, before=number + 1)
    found = [part for bubble in chat for part in bubbles.taps(bubble)]
    return found[index] if 0 <= index < len(found) else None
