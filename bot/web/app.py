"""The web application: WeChat's door, health, and the pages for phones."""

import logging

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from bot.database import schema_is_current
from bot.observing import observed
from bot.program import Program
from bot.reception import Reception
from bot.turns import InTurn, Waits
from bot.web import meetings, metrics, pictures
from bot.web.in_time import in_time
from bot.web.turned_away import turn_away
from bot.wechat.door import AnswerFunction, Door, beside
from bot.wechat.privacy import describe
from handlers.understanding import hear

SORRY = "这一页没有打开，请过一会儿再试"
log = logging.getLogger(__name__)


def create_app(program: Program) -> Flask:
    """The Flask application of one process."""
    app = Flask(__name__)
    hear.warm_up()
    app.register_blueprint(metrics.blueprint(program))
    app.register_blueprint(pictures.blueprint(program))
    app.register_blueprint(meetings.blueprint(program))

    @app.get("/healthz")
    def health() -> tuple[Response, int]:
        problem = _problem(program)
        return jsonify(status=problem or "ok"), 503 if problem else 200

    @app.errorhandler(Exception)
    def broken(error: Exception) -> ResponseReturnValue:
        if isinstance(error, HTTPException):
            return error
        # Without the address, which is a key to what it shows.
        log.error("the page %s failed\n%s", request.endpoint, describe(error))
        return SORRY, 500

    both = beside(_door(program, in_time(Reception(program.talk).answer)), app.wsgi_app)
    waits = Waits(program.config.server.threads)
    in_turn = InTurn(both, _door(program, turn_away), metrics.turned_away, waits)
    app.wsgi_app = in_turn  # type: ignore[assignment, method-assign]  # Flask's way
    return app


def _door(program: Program, answer: AnswerFunction) -> Door:
    return Door(program.protocol, observed(answer, program.person, metrics.observe), program.clock)


def _problem(program: Program) -> str | None:
    """Why messages cannot be served now; None when they can."""
    try:
        return None if schema_is_current(program.engine) else "the database schema is not current: xianfeng db upgrade"
    except SQLAlchemyError as error:
        log.error("the database does not answer: %s", " ".join(str(getattr(error, "orig", error)).split()))
        return "the database does not answer"
