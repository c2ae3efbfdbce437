"""``python -m bench.echo PORT WORKERS THREADS``: bare WeRoBot's own Flask view, under the server that Xianfeng has."""

import sys

from flask import Flask
from werobot.contrib.flask import make_view

from bench.messages import echo
from bot.server import server_of


def application() -> Flask:
    """A robot that says what it is told, as WeRoBot's manual has it."""
    app = Flask(__name__)
    app.add_url_rule("/wechat", endpoint="werobot", view_func=make_view(echo()), methods=["GET", "POST"])
    return app


def main(port: int, workers: int, threads: int) -> None:
    """Serve until SIGTERM."""
    server_of("bench.echo:application", "127.0.0.1", port, workers=workers, threads=threads).serve()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
