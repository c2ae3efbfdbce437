"""Puts the stand-in together and serves it.

Served by Werkzeug's threaded server: one process, a thread a request, so that a hanging call, a long clock journey and
the pages' event streams do not hold each other up, and a connection can be cut on order (see faults).
"""

import logging
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from bot.sandbox import acts, api, page, tools
from bot.sandbox.callbacks import Courier, Driver
from bot.sandbox.clock import Backwards, Journey, Moving
from bot.sandbox.errors import ApiError
from bot.sandbox.faults import Faults
from bot.sandbox.options import SandboxOptions, is_loopback, refuse_real
from bot.sandbox.phones import NotPossible, Phones
from bot.sandbox.platform import Platform
from bot.sandbox.roster import NoSuchPerson, Roster

LARGEST = 12 * 1024 * 1024  # bytes of a request
POLICY = (
    "default-src 'self'; img-src 'self' blob: http://127.0.0.1:* http://localhost:*; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SENTENCES = {Backwards: "时间只能往后走", Moving: "时间正在走，请稍等", NoSuchPerson: "名册里没有这个人"}
log = logging.getLogger(__name__)


def create_app(options: SandboxOptions) -> Flask:
    """The stand-in as a Flask app; raises NotLoopback when `wechat_url` is not an address of this machine.

    `app.extensions["sandbox"]` is its Platform, `app.extensions["sandbox.faults"]` its Faults and
    `app.extensions["sandbox.courier"]` its Courier, for tests that look inside.
    """
    refuse_real(options.wechat_url)
    platform = Platform(options)
    driver, faults, journey = Driver(platform), Faults(), Journey(platform)
    courier, roster, phones = (Courier(platform, driver), Roster(platform), Phones(platform, driver))
    app = Flask(__name__, static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.register_blueprint(api.blueprint(platform, faults, courier.finish))
    app.register_blueprint(page.blueprint(platform, roster, journey))
    app.register_blueprint(acts.blueprint(platform, roster, phones))
    app.register_blueprint(tools.blueprint(platform, faults, journey, driver))
    app.extensions |= {"sandbox": platform, "sandbox.faults": faults, "sandbox.courier": courier}
    _guard(app)
    _explain(app)
    roster.open_first()
    return app


class Quiet(WSGIRequestHandler):
    """Writes no request line: their queries hold access tokens."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def server(app: Flask, host: str = "127.0.0.1", port: int = 0) -> BaseWSGIServer:
    """A server that is bound (`port` 0: to a free one, see its `port`) and not yet serving; loopback only."""
    refuse_real(f"http://[{host}]" if ":" in host else f"http://{host}")
    return make_server(host, port, app, threaded=True, request_handler=Quiet)


def serve(app: Flask, host: str, port: int) -> None:
    """Serve until the process ends."""
    server(app, host, port).serve_forever()


def _guard(app: Flask) -> None:
    """Nobody but this machine's own pages and programs: no foreign host name, no other site's form or script."""

    @app.before_request
    def own_machine_only() -> Response | None:
        origin = request.headers.get("Origin")
        foreign = origin is not None and urlsplit(origin).netloc != request.host
        if not is_loopback(urlsplit(f"//{request.host}").hostname) or (foreign and request.method != "GET"):
            return Response("loopback only\n", 403, mimetype="text/plain")
        return None

    @app.after_request
    def safe_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


def _explain(app: Flask) -> None:
    """Every error of the page's own routes is JSON with one sentence."""

    def told(sentence: str, status: int) -> tuple[dict[str, Any], int]:
        return {"error": sentence}, status

    @app.errorhandler(NotPossible)
    def not_possible(error: NotPossible) -> tuple[dict[str, Any], int]:
        return told(str(error), 409)

    @app.errorhandler(ApiError)
    def refused(error: ApiError) -> tuple[dict[str, Any], int]:
        return told(f"没有成功：{error.message}", 404 if error.code == 40003 else 409)

    @app.errorhandler(Backwards)
    @app.errorhandler(Moving)
    @app.errorhandler(NoSuchPerson)
    def refused_in_words(error: Exception) -> tuple[dict[str, Any], int]:
        return told(SENTENCES[type(error)], 409)

    @app.errorhandler(HTTPException)
    def wrong(error: HTTPException) -> tuple[dict[str, Any], int]:
        return told(error.name, error.code or 500)

    @app.errorhandler(Exception)
    def broken(error: Exception) -> tuple[dict[str, Any], int]:
        log.error("the stand-in failed at %s", request.path, exc_info=error)
        return told("没有做成，原因在演示程序的输出里", 500)
