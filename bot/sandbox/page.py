"""The page of phones, and what it reads.

GET /                                the page
GET /sandbox/phones                  {"phones": […], "clock", "menu", "account", "cursor"}
GET /sandbox/people?q=…              members of the roster, to add a phone of
GET /sandbox/chat/<openid>?after=…   {"bubbles": […]} newer than `after` (or older than `before`), oldest first;
                                     at most `limit` of them, the newest (60)
GET /sandbox/codes                   the QR codes that can be scanned now
GET /sandbox/events?after=<cursor>   server-sent events: bubble, user, phone, menu, clock, journal, reload
GET /sandbox/media/<media_id>        a picture of a chat
GET /connect/oauth2/authorize        web authorisation of a page opened from a phone
"""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.sandbox import bubbles
from bot.sandbox.clock import Journey
from bot.sandbox.errors import ApiError
from bot.sandbox.oauth import SCOPES
from bot.sandbox.options import is_loopback
from bot.sandbox.platform import Platform
from bot.sandbox.roster import Roster

PHONE_COOKIE = "phone"  # which phone's browser this is; the page sets it when a link is tapped
MOST = 500


def blueprint(platform: Platform, roster: Roster, journey: Journey) -> Blueprint:
    """The routes that change nothing."""
    page = Blueprint("page", __name__)
    _phones(page, platform, roster, journey)
    _chats(page, platform)
    return page


def _phones(page: Blueprint, platform: Platform, roster: Roster, journey: Journey) -> None:
    @page.get("/")
    def phones() -> str:
        return render_template("phones.html", account=platform.options.account_name)

    @page.get("/sandbox/phones")
    def everything() -> dict[str, object]:
        cursor = platform.feed.cursor
        return {
            "phones": roster.shown(),
            "clock": journey.state(),
            "menu": platform.menu.buttons,
            "account": platform.options.account_name,
            "cursor": cursor,
        }

    @page.get("/sandbox/people")
    def people() -> dict[str, object]:
        return {"people": roster.people(request.args.get("q", "").strip())}


def _chats(page: Blueprint, platform: Platform) -> None:
    @page.get("/sandbox/chat/<openid>")
    def chat(openid: str) -> dict[str, object]:
        user = platform.user(openid)
        after, before = (request.args.get("after", 0, type=int), request.args.get("before", type=int))
        limit = min(request.args.get("limit", 60, type=int), MOST)
        found = platform.store.chat(openid, after=after, before=before, limit=limit)
        return {**platform.state_of(user), "bubbles": [bubbles.present(bubble) for bubble in found]}

    @page.get("/sandbox/codes")
    def codes() -> dict[str, object]:
        living = platform.tickets.living(platform.now())
        return {"codes": [{"scene": ticket.scene, "url": ticket.url, "until": ticket.until} for ticket in living]}

    @page.get("/sandbox/events")
    def events() -> Response:
        cursor = request.headers.get("Last-Event-ID") or request.args.get("after")
        stream = platform.feed.follow(cursor)
        return Response(stream, mimetype="text/event-stream", headers={"Cache-Control": "no-store"})

    @page.get("/sandbox/media/<media_id>")
    def media(media_id: str) -> Response:
        medium = platform.media.find(media_id) or abort(404)
        return Response(medium.data, mimetype=medium.mime, headers={"Cache-Control": "private, max-age=86400"})

    @page.get("/connect/oauth2/authorize")
    def authorize() -> AnyResponse:
        return _authorize(platform)


def _authorize(platform: Platform) -> AnyResponse:
    """Send the phone's browser back to the page with a code; only to an address of this machine."""
    target, scope = request.args.get("redirect_uri", ""), request.args.get("scope", "")
    parts = urlsplit(target)
    if request.args.get("appid") != platform.options.app_id or scope not in SCOPES:
        abort(400)
    if parts.scheme not in {"http", "https"} or not is_loopback(parts.hostname):
        abort(400)
    try:
        user = platform.user(request.cookies.get(PHONE_COOKIE))
    except ApiError:
        text = "请先在演示页面上点开某部手机里的链接。"
        return Response(f"<!doctype html><meta charset=utf-8><p>{text}", 403)
    with platform.lock:
        code = platform.visits.code(user.openid, scope, platform.now())
    query = urlencode([*parse_qsl(parts.query), ("code", code), ("state", request.args.get("state", ""))])
    return redirect(urlunsplit(parts._replace(query=query)), 302)
