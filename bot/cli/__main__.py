"""``python -m bot.cli`` is ``xianfeng``."""

from bot.cli import main

main(prog_name="xianfeng")
