"""Whose phones there are: those on the page, and the members of the roster who can be added."""

import secrets
from typing import Any

from bot.sandbox import bubbles
from bot.sandbox.options import Person
from bot.sandbox.platform import Platform
from bot.sandbox.users import User

SECRETARY, LEADER = "支部书记", "小组长"
LISTED = 300


class NoSuchPerson(LookupError):
    """Nobody on the roster has this staff number."""


class Roster:
    """The phones of people."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def open_first(self) -> None:
        """At the very first start, put the first phones on the page."""
        if any(user.shown for user in self._platform.users()):
            return
        people = list(self._platform.options.people())
        chosen = self._platform.options.first_phones or [person.staff_no for person in first_three(people)]
        for staff_no in chosen:
            self.open(staff_no)

    def open(self, staff_no: str | None, *, fresh: bool = False) -> User:
        """Put a phone on the page: a bound member's with their openid, anyone else's with a new one that does not
        follow yet. `fresh` gives a bound member another phone; no staff number, a passer-by. Raises NoSuchPerson."""
        with self._platform.lock:
            person = self._person(staff_no) if staff_no else None
            user = self._find(person, fresh=fresh) or self._platform.new_user(new_openid(), person, follows=False)
            with self._platform.changing(user.openid):
                user.shown = user.shown or 1 + max(other.shown for other in self._platform.users())
                if person is not None:
                    user.name, user.staff_no = person.name, person.staff_no
        self._platform.feed.publish("phone", self.phone(user))
        return user

    def close(self, openid: str) -> None:
        """Take a phone off the page; its chat is kept."""
        with self._platform.changing(openid) as user:
            user.shown = 0

    def shown(self) -> list[dict[str, Any]]:
        """The phones on the page, in the order in which they came there."""
        users = sorted(self._platform.users(), key=lambda user: user.shown)
        people = self._by_number()
        return [self.phone(user, people) for user in users if user.shown]

    def phone(self, user: User, people: dict[str, Person] | None = None) -> dict[str, Any]:
        """A phone as the page needs it: whose it is, its state and the end of its chat. `people` are those of the
        roster by number, when they are at hand."""
        person = (self._by_number() if people is None else people).get(user.staff_no or "")
        owner = {"name": user.name, "role": "", "branch": "", "group": ""}
        if person is not None:
            owner = {"name": person.name, "role": person.role, "branch": person.branch, "group": person.group}
        bound = person is not None and person.openid == user.openid
        code = person.binding_code if person is not None and person.openid is None else None
        chat = [bubbles.present(bubble) for bubble in self._platform.store.chat(user.openid)]
        return {**self._platform.state_of(user), **owner, "bound": bound, "binding_code": code, "chat": chat}

    def people(self, query: str) -> list[dict[str, Any]]:
        """The members whose name, number, role, branch or group contains `query`."""
        shown = {user.openid for user in self._platform.users() if user.shown}
        found = []
        for person in self._platform.options.people():
            about = {key: getattr(person, key) for key in ("staff_no", "name", "role", "branch", "group")}
            if query in " ".join(about.values()):
                found.append({**about, "bound": person.openid is not None, "shown": person.openid in shown})
        return found[:LISTED]

    def _by_number(self) -> dict[str, Person]:
        return {person.staff_no: person for person in self._platform.options.people()}

    def _person(self, staff_no: str) -> Person:
        person = self._by_number().get(staff_no)
        if person is None:
            raise NoSuchPerson(staff_no)
        return person

    def _find(self, person: Person | None, *, fresh: bool) -> User | None:
        """The phone this member has: the bound one, else the last one opened for them."""
        if person is None or fresh:
            return None
        if person.openid is not None:
            return self._platform.user(person.openid)
        own = [user for user in self._platform.users() if user.staff_no == person.staff_no]
        return own[-1] if own else None


def new_openid() -> str:
    """An openid as the platform makes them: 28 characters, the first an o."""
    return "o" + secrets.token_urlsafe(30)[:27]


def first_three(people: list[Person]) -> list[Person]:
    """A member, their group leader and their secretary; bound ones and those who belong together where there are."""
    bound = [person for person in people if person.openid] or people
    leader = next((person for person in bound if LEADER in person.role), None)
    near = [person for person in bound if leader is None or person.branch == leader.branch]
    secretary = next((person for person in [*near, *bound] if SECRETARY in person.role), None)
    plain = [person for person in near if LEADER not in person.role and SECRETARY not in person.role]
    own = [person for person in plain if leader is None or person.group == leader.group]
    member = next(iter([*own, *plain]), None)
    return [person for person in (member, leader, secretary) if person is not None]
