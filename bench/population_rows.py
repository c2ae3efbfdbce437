"""The rows of one branch of ``bench.population``, in the form the database keeps them in (bench/bulk.py)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from bench.bulk import Row, hundredths, moment
from bench.messages import NOW
from bench.population_year import CLAIM, FINALS, GROUPS, MEMBERS, MONTHS, NAMES, PRESENT, Year
from models import rounds
from models.ledger import GENESIS
from models.months import Month, at
from models.spot_checks import seed_of
from models.workdays import working_days_after

BRANCHES = 20  # of a general branch
ABOVE = 6  # the member who is the committee's secretary: of the first branch, and without another office
WAITS = 20  # one member in so many has a claim that waits

COLUMNS = {
    "organizations": "id name kind nature parent_id",
    "members": "id staff_no name phone_last4 branch_id group_id category party_standing leading_cadre",
    "followers": "openid followed_at window_until window_opened window_left",
    "bindings": "openid member_id bound_at month_told",
    "appointments": "id member_id organization_id office acting starts_on",
    "rounds": "id branch_id month state claims_until review_until submitted_by_id submitted_at head disclosure_until"
    " final_from final_at last_sequence rulebook_id",
    "spot_draws": "id branch_id month share seed population drawn drawn_at",
    "results": "id branch_id month member_id group_id base plus minus zeroed score rank stars",
    "group_results": "id branch_id month group_id scored average rank stars",
    "claims": "id member_id branch_id rulebook_id item_code quantity points credited day month note status"
    " submitted_by_id submitted_at waiting_since rung decisions decided_by_id decided_at reason",
    "entries": "id branch_id sequence member_id booked_month about_month day item_code rulebook_id points source cause"
    " decided_by_id reason at previous hash",
    "notices": "id key kind member_id facts subject status urgency due next_try attempts maybe_received sent_at"
    " seen_at",
    "books": "branch_id sequence head",
}


SOON, LONG_AGO = moment(NOW + timedelta(days=2)), moment(at(MONTHS[0].first_day))
JUST_NOW, THIS_HOUR = moment(NOW - timedelta(minutes=1)), moment(NOW - timedelta(minutes=30))


@dataclass(frozen=True, slots=True)
class Branch:
    """The n-th branch, by its number and its general branch's."""

    year: Year
    n: int
    id: int
    above: int

    def member(self, place: int) -> int:
        return 1 + self.n * MEMBERS + place

    def group(self, place: int) -> int:
        """The number of a group; those of a branch follow its own."""
        return self.id + 1 + place

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Every row of the branch, with its table."""
        yield "organizations", (self.id, f"第{self.n + 1}支部", "branch", "standing", self.above)
        for place in range(GROUPS):
            yield "organizations", (self.group(place), f"第{place + 1}小组", "group", "standing", self.id)
        yield from self._people()
        yield from self._offices()
        heads: dict[int, str] = {}
        yield from self._chain(heads)
        yield from self._claims()
        for number, month in enumerate(FINALS):
            yield from self._final(number, month)
        yield from self._rounds(heads)

    def _people(self) -> Iterator[tuple[str, Row]]:
        for place in range(MEMBERS):
            id, name = self.member(place), f"{NAMES[place % 20]}{NAMES[self.n % 20]}{NAMES[place // 20]}"
            home = (self.id, self.group(place % GROUPS))
            yield "members", (id, f"p{id}", name, f"{id % 10000:04d}", *home, "full", "normal", 0)
            yield "followers", (f"o-{id}", LONG_AGO, SOON, THIS_HOUR, 5)
            yield "bindings", (f"o-{id}", id, LONG_AGO, str(FINALS[-1]))

    def _offices(self) -> Iterator[tuple[str, Row]]:
        offices = [
            (0, self.id, "secretary"),
            *((1 + g, self.group((1 + g) % GROUPS), "group_leader") for g in range(3)),
        ]
        if self.n % BRANCHES == 0:
            offices.append((4, self.above, "secretary"))
        for turn, (place, organization_id, office) in enumerate(offices):
            id = 1 + self.n * (2 + GROUPS) + turn
            yield "appointments", (id, self.member(place), organization_id, office, 0, MONTHS[0].first_day.isoformat())

    def _chain(self, heads: dict[int, str]) -> Iterator[tuple[str, Row]]:
        """The entries, each after the other as the ledger chains them; ``heads`` are put down by sequence."""
        head, claims, count = GENESIS, 0, len(self.year.booked)
        for place, (deed, fixed, hashed, points, when, said) in enumerate(self.year.booked, start=1):
            member, cause, by = self.member(deed.member), f"learning:{self.id}:{place}", None
            if deed.source == "claim":
                cause, by = f"claim:{self._claim(claims)}:1", self.member(0 if deed.member else 1)
                claims += 1
            previous, decided = head, "null" if by is None else by
            # As models.ledger.hash_of has it, for millions; verify would find a difference.
            content = f'["{head}", {self.id}, {place}, {member}, {hashed}, "{cause}", null, {decided}, "", "{said}"]'
            heads[place] = head = sha256(content.encode()).hexdigest()
            id, own = self.n * count + place, (self.id, place, member)
            yield "entries", (id, *own, *fixed, points, deed.source, cause, by, "", when, previous, head)
        yield "books", (self.id, count, head)

    def _claim(self, number: int) -> int:
        """The number of a claim of the branch: those that were approved, then those that wait."""
        return 1 + self.n * (len(self.year.claimed) + -(-MEMBERS // WAITS)) + number

    def _claims(self) -> Iterator[tuple[str, Row]]:
        item, points, _ = CLAIM
        worth, one, rulebook_id = hundredths(points), 100, self.year.rulebook.id
        for number, place in enumerate(self.year.claimed):
            deed, when = self.year.deeds[place], moment(at(self.year.deeds[place].day, 20))
            id, who = self._claim(number), self.member(deed.member)
            what = (rulebook_id, item, one, worth, worth, deed.day.isoformat(), str(deed.month), "", "approved")
            decided = (self.member(0 if deed.member else 1), when, "")
            yield "claims", (id, who, self.id, *what, who, when, when, 0, 1, *decided)
        for number, place in enumerate(range(0, MEMBERS, WAITS), start=len(self.year.claimed)):
            id, who, day = self._claim(number), self.member(place), NOW.date()
            what = (rulebook_id, item, one, worth, None, day.isoformat(), str(PRESENT), "", "submitted")
            yield "claims", (id, who, self.id, *what, who, JUST_NOW, JUST_NOW, 0, 0, None, None, "")

    def _final(self, number: int, month: Month) -> Iterator[tuple[str, Row]]:
        turn = self.n * len(FINALS) + number
        for place, row in enumerate(self.year.results[month]):
            id, (member, group, *figures) = 1 + turn * MEMBERS + place, row
            yield "results", (id, self.id, str(month), self.member(member), self.group(group), *figures)
        for place, (group, *figures) in enumerate(self.year.groups[month]):
            yield "group_results", (1 + turn * GROUPS + place, self.id, str(month), self.group(group), *figures)

    def _rounds(self, heads: dict[int, str]) -> Iterator[tuple[str, Row]]:
        """The rounds with what was drawn and told."""
        for number, month in enumerate((*FINALS, PRESENT)):
            id = 1 + self.n * (len(FINALS) + 1) + number
            claims_until = working_days_after(rounds.before(month.ends), 3)
            if month == PRESENT:
                nothing: tuple[Any, ...] = (None, None, None, "", None, None, None, None, None)
                yield "rounds", (id, self.id, str(month), "open", moment(claims_until), *nothing)
                continue
            yield "rounds", (id, self.id, str(month), "final", *self._closed(month, claims_until, heads))
            yield "spot_draws", self._draw(id, month, claims_until)
            if month == FINALS[-1]:
                yield from self._told(id, month)

    def _closed(self, month: Month, claims_until: datetime, heads: dict[int, str]) -> Row:
        review_until = working_days_after(rounds.before(claims_until), 4)
        submitted = at(rounds.before(review_until).astimezone(UTC).date(), 10)
        disclosed = working_days_after(submitted, 5)
        final, last = rounds.final_from(disclosed), self.year.until[month]
        passed = (moment(claims_until), moment(review_until), self.member(0), moment(submitted))
        head = f"{last}:{heads[last]}"
        return (*passed, head, moment(disclosed), moment(final), moment(final), last, self.year.rulebook.id)

    def _draw(self, id: int, month: Month, when: datetime) -> Row:
        return id, self.id, str(month), 10, seed_of([]), "[]", "[]", moment(when)

    def _told(self, round_id: int, month: Month) -> Iterator[tuple[str, Row]]:
        facts = f'{{"branch": {self.id}, "month": "{month}"}}'
        for place in range(MEMBERS):
            member = self.member(place)
            key, when = f"round:{round_id}:result:{member}", JUST_NOW
            own = (member, key, "result", member, facts, "", "seen", 2, when, when, 1, 0, when, when)
            yield "notices", own
