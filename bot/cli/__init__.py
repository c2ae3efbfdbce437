"""The command line ``xianfeng`` (contract, "The command line").

``--config PATH`` stands before the command. What goes wrong is said on stderr in lines a person understands, with
exit code 1; wrong usage is 2. There is no traceback without ``--debug``.
"""

from bot.cli.base import xianfeng as main

__all__ = ["main"]
