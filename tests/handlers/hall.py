"""The meeting that the dialogues call."""

from datetime import date

from models.months import at
from tests.handlers.setting import HOUR

STARTS = at(date(2026, 11, 26), 15)
OVER = STARTS + 2 * HOUR
CALL = "开会 党小组会 11月26日15点 三楼会议室 学习全会精神"
