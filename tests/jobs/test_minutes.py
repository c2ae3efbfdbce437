"""Minutes by the clock (rules 27)."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from jobs import meetings as meetings_job
from jobs import minutes as job
from models import minutes, planning
from models.minutes import Outline
from models.months import at
from models.sessions import Sessions
from tests.cast import NOW, Cast

STARTS = NOW + timedelta(hours=3)
OVER = STARTS + timedelta(hours=2)
REMINDED, ABOVE = at(date(2026, 11, 26), 9), at(date(2026, 11, 27), 9)


def test_they_are_expected_reminded_of_and_told_above_each_once(session: Session, cast: Cast, within: Sessions):
    for kind, by in (("党小组会", cast.li_si), ("主题党日", cast.wang_jianjun)):
        planning.plan(session, [kind], STARTS, "会议室", by=by, now=NOW)
    assert job.expect(within, now=OVER) == 0
    assert meetings_job.close(within, now=OVER) == 2
    assert [job.expect(within, now=OVER) for _ in range(2)] == [2, 0]
    minutes.file(session, 1, Outline("学习全会精神"), by=cast.li_si, now=OVER)
    assert job.remind(within, now=REMINDED - timedelta(seconds=1)) == 0
    assert [job.remind(within, now=REMINDED) for _ in range(2)] == [1, 0]
    assert [job.tell_above(within, now=ABOVE) for _ in range(2)] == [1, 0]
