"""An organization by seed: a party committee, its branches of six to twelve members, who leads, what they are like.

Nothing is read here from the program but the rows of a roster.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from models.appointments import Office
from models.members import MemberCategory, NotScoredReason
from models.organizations import Nature, OrganizationKind
from models.roster_rows import Held, MemberRow, OrganizationRow, Path
from models.settings import MEETING_CADENCES
from tests.simulation.dice import Dice, dice

COMMITTEE: Path = ("机关党委",)
SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤"
)
GIVEN = "建国志强秀英桂兰海燕晓东子涵立新玉梅云飞小雨文斌卫东丽华振华雪梅志刚建平宋佳"
SIZES = (6, 6, 7, 7, 8, 9, 10, 12)  # of branches


@dataclass(eq=False)
class Person:
    """Somebody with a phone; what they are like decides what they do. ``openid`` is empty where there is no WeChat."""

    staff_no: str
    name: str
    branch: int
    group: Path | None
    offices: set[Office]
    diligence: float  # claims of a month, as a share of the most
    pace: int  # working days between two looks at what waits
    carelessness: float  # how often something typed is wrong
    row: MemberRow
    openid: str = ""
    code: str = ""
    left: bool = False
    months: dict[str, int] = field(default_factory=dict)

    @property
    def leads(self) -> bool:
        return bool(self.offices)


@dataclass
class Branch:
    """A branch, and how its secretary keeps time."""

    number: int
    path: Path
    people: list[Person]
    groups: list[Path]
    meets: bool  # whether it holds the meetings that it is to hold
    punctual: float  # how often the list is submitted in time

    def holders(self, *offices: Office) -> list[Person]:
        return [person for person in self.people if person.offices & set(offices) and not person.left]


@dataclass
class Organization:
    """Everything of one play."""

    branches: list[Branch]
    rows: list[OrganizationRow]
    meets: bool  # whether meetings are called here by chat; elsewhere nobody is pressed for them

    @property
    def settings(self) -> dict[str, object]:
        """What the configuration says otherwise than the program."""
        return {} if self.meets else {setting.key: "off" for setting in MEETING_CADENCES.values()}

    @property
    def people(self) -> list[Person]:
        return [person for branch in self.branches for person in branch.people]

    def member_rows(self) -> list[MemberRow]:
        return [person.row for person in self.people if not person.left]


def found(seed: int, branches: int) -> Organization:
    """The organization of a seed."""
    names = iter(_names(seed))
    rows = [OrganizationRow(COMMITTEE, OrganizationKind.PARTY_COMMITTEE)]
    meets = dice(seed, "meets").chance(0.3)
    made = [_branch(number, dice(seed, "branch", number), names, rows) for number in range(branches)]
    _level_above(made)
    return Organization(made, rows, meets)


def _names(seed: int) -> list[str]:
    pairs = [GIVEN[n : n + 2] for n in range(0, len(GIVEN), 2)]
    names = [surname + given for surname, given in product(SURNAMES, pairs)]
    names += [surname + one + two for surname, one, two in product(SURNAMES, "明伟芳娜静", "军杰涛超霞")]
    dice(seed, "names").shuffle(names)
    return names


def _branch(number: int, throw: Dice, names: Iterator[str], rows: list[OrganizationRow]) -> Branch:
    path = (*COMMITTEE, f"第{number + 1}支部")
    rows.append(OrganizationRow(path, OrganizationKind.BRANCH))
    groups = [(*path, f"第{n + 1}小组") for n in range(throw.choice((0, 1, 1, 2)))]
    natures = [Nature.RETIRED if n and throw.chance(0.3) else Nature.STANDING for n in range(len(groups))]
    rows += [
        OrganizationRow(group, OrganizationKind.GROUP, nature) for group, nature in zip(groups, natures, strict=True)
    ]
    people = [_person(number, n, throw, next(names), path, groups) for n in range(throw.choice(SIZES))]
    branch = Branch(number, path, people, groups, throw.chance(0.8), throw.choice((0.5, 0.9, 0.9, 1.0)))
    _appoint(branch, throw)
    return branch


def _person(branch: int, place: int, throw: Dice, name: str, path: Path, groups: list[Path]) -> Person:
    staff_no = f"{branch + 1:03d}{place + 1:02d}"
    group = throw.choice(groups) if groups and throw.chance(0.9) else None
    row = MemberRow(
        staff_no,
        name,
        group or path,
        f"{throw.randrange(10000):04d}",
        category=MemberCategory.PROBATIONARY if throw.chance(0.05) else MemberCategory.FULL,
        leading_cadre=throw.chance(0.05),
        not_scored=throw.choice((NotScoredReason.ILL, NotScoredReason.AGED)) if throw.chance(0.04) else None,
    )
    openid = "" if throw.chance(0.04) else f"o-{staff_no}"
    pace = throw.choice((1, 1, 1, 2, 3, 5, 12))
    return Person(
        staff_no,
        name,
        branch,
        group,
        set(),
        throw.choice((0.1, 0.4, 0.6, 0.9)),
        pace,
        throw.choice((0.02, 0.1)),
        row,
        openid,
    )


def _appoint(branch: Branch, throw: Dice) -> None:
    """A secretary always; of the others, who is there; a group may be without a leader."""
    staff = [person for person in branch.people if person.openid] or branch.people
    _give(staff[0], Office.SECRETARY, branch.path)
    for person, office in zip(
        staff[1:],
        (Office.DEPUTY_SECRETARY, Office.DISCIPLINE_COMMISSIONER, Office.ORGANIZATION_COMMISSIONER),
        strict=False,
    ):
        if throw.chance(0.7):
            _give(person, office, branch.path)
    for group in branch.groups:
        own = [person for person in branch.people if person.group == group and not person.offices]
        if own and throw.chance(0.9):
            _give(own[0], Office.GROUP_LEADER, group)


def _level_above(branches: list[Branch]) -> None:
    """The secretary of the party committee, its officer and its inspector live in the first and last branch."""
    spare = [p for p in branches[-1].people if not p.offices and p.openid] + [
        p for p in branches[0].people if not p.offices and p.openid
    ]
    for person, office in zip(spare, (Office.SECRETARY, Office.PARTY_AFFAIRS_OFFICER, Office.INSPECTOR), strict=False):
        _give(person, office, COMMITTEE)


def _give(person: Person, office: Office, where: Path) -> None:
    person.offices.add(office)
    row = person.row
    values = {name: getattr(row, name) for name in ("category", "leading_cadre", "not_scored")}
    person.row = MemberRow(
        row.staff_no, row.name, row.home, row.phone_last4, (*row.offices, Held(office, where)), **values
    )
