"""kill -9 in the middle of traffic loses nothing that was answered with ✅, and doubles nothing (issue: Must show)."""

import os
import queue
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product

import requests
from sqlalchemy import select

from bot.web.in_time import AWAY
from bot.web.turned_away import SORRY
from models.claims import Claim, ClaimStatus
from models.ledger import Entry
from tests.e2e.conftest import NewWorld
from tests.e2e.followers import Follower
from tests.e2e.processes import eventually, is_listening
from tests.e2e.worlds import World

MEMBERS = ("zhang_san", "wang_fang", "liu_qiang", "chen_jing")
DEEDS = ("社区志愿 1小时", "走访慰问 1户", "讲微党课 1次", "完成党组织交办的任务 1项")
LINES = [f"申报 {deed} {day}日 清扫河堤" for day, deed in product(range(1, 9), DEEDS)]
BEFORE, AFTER = 12, 12  # answers with ✅ before the kill and after it


@dataclass
class Traffic:
    """Members who claim and a leader who approves, all at once; what is not answered is sent again, as WeChat does,
    and so is what was put off, as people do."""

    world: World
    claimed: dict[int, tuple[str, str]] = field(default_factory=dict)
    approved: set[int] = field(default_factory=set)
    broken: int = 0
    put_off: list[str] = field(default_factory=list)  # by a machine at its limits: nothing was stored
    problems: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    waiting: "queue.Queue[int]" = field(default_factory=queue.Queue)

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """While inside, everybody writes; on leaving, everybody finishes what they are at."""
        threads = [threading.Thread(target=self._claim, args=(key,)) for key in MEMBERS]
        threads.append(threading.Thread(target=self._approve))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join()

    def _claim(self, key: str) -> None:
        member = self.world.follower(key)
        for line in LINES:
            if self.over.is_set():
                return
            text = self._say(member, line)
            if text.startswith("✅ #"):
                number = int(text[3:].split()[0])
                self.claimed[number] = (member.openid, line)
                self.waiting.put(number)
            else:
                self.problems.append(f"{line}: {text}")

    def _approve(self) -> None:
        leader = self.world.follower("li_si")
        while not self.over.is_set():
            try:
                number = self.waiting.get(timeout=0.1)
            except queue.Empty:
                continue
            text = self._say(leader, f"通过 {number}")
            if text.startswith(f"✅ #{number} "):
                self.approved.add(number)
            else:
                self.problems.append(f"通过 {number}: {text}")

    def _say(self, follower: Follower, line: str) -> str:
        message = follower.message("text", Content=line)
        ends = time.monotonic() + 120
        while time.monotonic() < ends:
            try:
                answer = follower.send(message)
            except requests.RequestException:
                self.broken += 1
                time.sleep(0.05)
                continue
            if answer.status != 503 and answer.text not in (SORRY, AWAY):
                return answer.text if answer.status == 200 else f"HTTP {answer.status}"
            self.put_off.append(line)
            time.sleep(0.2)
        return "no answer for two minutes"


def test_kill_9_in_the_middle_of_traffic_loses_nothing_and_doubles_nothing(new_world: NewWorld) -> None:
    world = new_world("sqlite", server_workers=2)  # of PostgreSQL test_faults.py tells more
    serve = world.serve()
    traffic = Traffic(world)
    with traffic.flowing():
        eventually(lambda: len(traffic.approved) >= BEFORE, what=f"approvals before: {traffic.problems}")
        serve.kill_all()
        known = len(traffic.approved)
        again = world.serve()
        eventually(lambda: len(traffic.approved) >= known + AFTER, what=f"approvals after: {traffic.problems}")
    assert traffic.problems == []
    assert len(traffic.put_off) < len(traffic.claimed)
    assert traffic.broken  # somebody was in the middle of it
    with world.database.sessions.read() as session:
        claims = session.scalars(select(Claim)).all()
        entries = session.scalars(select(Entry)).all()
    assert {claim.id for claim in claims} == set(traffic.claimed)
    deeds = {(claim.member_id, claim.item_code, claim.day) for claim in claims}
    assert len(deeds) == len(claims) == len(set(traffic.claimed.values()))
    assert {claim.id for claim in claims if claim.status is ClaimStatus.APPROVED} == traffic.approved
    assert sorted(entry.cause for entry in entries) == sorted(f"claim:{number}:1" for number in traffic.approved)
    code, said = world.run("verify")
    assert (code, "台账核对无误" in said) == (0, True), said
    # The parent alone: whoever it kept ends with it.
    again.wait_for(lambda: len(again.group) == 4, "parent, two that serve, one that does the jobs")
    os.kill(again.process.pid, signal.SIGKILL)
    eventually(lambda: not is_listening(again.port), within=15, what="the port is free")
    eventually(lambda: again.group in ([], [again.process.pid]), within=20, what="nobody is left")
