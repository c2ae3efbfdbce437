"""The web application: WeChat's door, health, and the pages for phones."""

import logging

from flask import Flask, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from bot.database import schema_is_current
from bot.program import Program
from bot.reception import Reception
from bot.web import pictures
from bot.wechat.view import blueprint
from handlers.understanding import hear

log = logging.getLogger(__name__)


def create_app(program: Program) -> Flask:
    """The Flask application of one process."""
    app = Flask(__name__)
    hear.warm_up()
    app.register_blueprint(blueprint(program.protocol, Reception(program.talk).answer, program.clock))
    app.register_blueprint(pictures.blueprint(program))

    @app.get("/healthz")
    def health() -> tuple[Response, int]:
        problem = _problem(program)
        return jsonify(status=problem or "ok"), 503 if problem else 200

    return app


def _problem(program: Program) -> str | None:
    """Why messages cannot be served now; None when they can."""
    try:
        return None if schema_is_current(program.engine) else "the database schema is not current: xianfeng db upgrade"
    except SQLAlchemyError:
        log.exception("the database does not answer")
        return "the database does not answer"
