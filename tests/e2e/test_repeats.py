"""The same message again, also at once in several processes; several people at once (contract, HTTP; rules 3, 12)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import func, select

from models.appointments import Appointment, Office
from models.claims import Claim
from models.ledger import Entry
from models.months import shanghai_day
from tests.cast import PEOPLE
from tests.clones import Clones
from tests.databases import Files
from tests.e2e.followers import Answer, Follower
from tests.e2e.processes import free_port
from tests.e2e.worlds import World, world

ROUNDS = 6
# Who may decide a claim of 刘强: his leader, his secretary, and six who act for the secretary today.
EIGHT = ("li_si", "wang_jianjun", "he_min", "sun_lei", "ma_chao", "chen_jing", "zhao_min", "feng_tao")
Ports = list[int]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Ports]]:
    """Two processes that serve: of one ``xianfeng web`` on SQLite, of two on PostgreSQL."""
    sqlite = request.param == "sqlite"
    source: Files | Clones = request.getfixturevalue("files" if sqlite else "clones")
    with world(
        source, tmp_path_factory.mktemp("repeats"), server_workers=2 if sqlite else 1, server_threads=1 if sqlite else 4
    ) as one:
        ports = [one.config.server.port] if sqlite else [one.config.server.port, free_port()]
        webs = [one.start("web", port=port) for port in ports]
        for web in webs:
            web.wait_until_healthy()
        yield one, ports


def at_once(works: list[Callable[[], Answer]]) -> list[Answer]:
    """Do all of this at the same moment."""
    together = Barrier(len(works))

    def go(work: Callable[[], Answer]) -> Answer:
        together.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [going.result() for going in [pool.submit(go, work) for work in works]]


def phones(world: World, ports: Ports, key: str, count: int) -> list[Follower]:
    """The same WeChat so often, each with a connection of its own, in turn to each process."""
    return [world.follower(key, port=ports[number % len(ports)]) for number in range(count)]


def claims_of(world: World, key: str) -> int:
    with world.database.sessions.read() as session:
        own = select(func.count()).where(Claim.member_id == world.member(key).id)
        return session.scalars(own).one()


def appoint(world: World, keys: tuple[str, ...]) -> None:
    """Let them act for the secretary of the first branch, from today."""
    today, branch = shanghai_day(world.clock()), world.member("liu_qiang").branch_id
    with world.database.sessions.write() as session:
        for key in keys:
            office = Appointment(
                member_id=world.member(key).id,
                organization_id=branch,
                office=Office.SECRETARY,
                acting=True,
                starts_on=today,
            )
            session.add(office)


def test_a_message_delivered_three_times_acts_once(served: tuple[World, Ports]) -> None:
    world, ports = served
    before = claims_of(world, "zhang_san")
    message = phones(world, ports, "zhang_san", 1)[0].message("text", Content="申报 走访慰问 1户 今天")
    answers = [member.send(message) for member in phones(world, ports, "zhang_san", 3)]
    assert answers[0].text.startswith("✅")
    assert {answer.text for answer in answers} == {answers[0].text}
    assert claims_of(world, "zhang_san") == before + 1
    event = phones(world, ports, "zhang_san", 1)[0].xml(
        MsgType="event", Event="CLICK", EventKey="申报 义务劳动 1次 今天"
    )
    clicked = [member.send(event).text for member in phones(world, ports, "zhang_san", 3)]
    assert len(set(clicked)) == 1


def test_a_message_delivered_at_once_to_two_processes_acts_once(served: tuple[World, Ports]) -> None:
    world, ports = served
    for day in range(1, 1 + ROUNDS):
        members = phones(world, ports, "wang_fang", 6)
        message = members[0].message("text", Content=f"申报 社区志愿 1小时 {day}日 清扫楼道")
        before = claims_of(world, "wang_fang")
        answers = at_once([partial(member.send, message) for member in members])
        assert answers[0].text.startswith("✅")
        assert {(answer.status, answer.text) for answer in answers} == {(200, answers[0].text)}
        assert claims_of(world, "wang_fang") == before + 1


def test_of_eight_who_approve_at_once_one_decides_and_the_others_are_told_who(served: tuple[World, Ports]) -> None:
    world, ports = served
    number = int(world.follower("liu_qiang").say("申报 社区志愿 2小时 今天").text.partition("#")[2].split()[0])
    appoint(world, EIGHT[2:])
    members = [world.follower(key, port=ports[place % len(ports)]) for place, key in enumerate(EIGHT)]
    answers = at_once([partial(member.say, f"通过 {number}") for member in members])
    won = [place for place, answer in enumerate(answers) if answer.text.startswith("✅")]
    assert len(won) == 1
    winner = PEOPLE[EIGHT[won[0]]].name
    for place, answer in enumerate(answers):
        if place not in won:
            assert answer.text.startswith(f"❌ #{number} 已通过（{winner}），以此为准")
    with world.database.sessions.read() as session:
        cause = Entry.cause.startswith(f"claim:{number}:")
        assert session.scalars(select(func.count(Entry.id)).where(cause)).one() == 1
