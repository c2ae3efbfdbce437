"""One grant is one subscription notice (wechat §5.3)."""

from sqlalchemy.orm import Session

from models import grants
from models.sessions import Sessions
from tests.models.desk import together


def test_each_grant_is_used_once_and_only_for_its_template(session: Session):
    for _ in range(2):
        grants.give(session, "o-1", "T1")
    assert not grants.use(session, "o-1", "T2")
    assert not grants.use(session, "o-2", "T1")
    assert [grants.use(session, "o-1", "T1") for _ in range(3)] == [True, True, False]
    grants.give(session, "o-1", "T1")
    assert grants.use(session, "o-1", "T1")


def test_who_switches_them_off_has_none_left_of_that_template(session: Session):
    for template in ("T1", "T1", "T2"):
        grants.give(session, "o-1", template)
    grants.end(session, "o-1", "T1")
    assert not grants.use(session, "o-1", "T1")
    assert grants.use(session, "o-1", "T2")


def test_four_workers_use_no_grant_twice(sessions: Sessions):
    with sessions.write() as session:
        for _ in range(3):
            grants.give(session, "o-1", "T1")

    def use() -> bool:
        with sessions.write() as session:
            return grants.use(session, "o-1", "T1")

    assert sorted(map(str, together(*[use] * 4))) == ["False"] + ["True"] * 3
