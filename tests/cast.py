"""The fixed cast: the people every test knows.

    机关党委 (secretary 周国平)
    ├─ 第一支部: secretary 王建军, deputy 何敏, 纪检委员 孙磊
    │  ├─ 第一小组: leader 李四; 张三, 王芳, 刘强, 陈静, 赵敏, 欧阳建国, 刘德福 (aged, without WeChat, not scored)
    │  └─ 第二小组: leader 马超; 郑爽, 冯涛
    └─ 第二支部: secretary 钱进, and the home of 周国平
       └─ 第三小组: leader 吴刚; 孙丽

Everybody but 刘德福 is bound with openid "o-" + staff number and follows. The rulebook 七项内容 is the
committee's, from 2026-01. ``NOW`` is a Friday at ten in the morning.
"""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bot.office import rulebook_file
from bot.office.rulebooks import SEVEN_CONTENTS
from models import rulebooks
from models.appointments import Appointment, Office
from models.bindings import Binding
from models.followers import Follower
from models.members import Member, NotScored, NotScoredReason
from models.months import Month, at
from models.organizations import Organization, OrganizationKind
from models.sessions import Sessions

NOW = at(date(2026, 11, 20), 10)
BEFORE = datetime(2025, 12, 20, tzinfo=UTC)  # when it was all set up


@dataclass(frozen=True)
class Person:
    """One line of the roster: staff number, name, group, and the office held there or in the branch above it."""

    staff_no: str
    name: str
    home: str
    office: Office | None = None
    of: str = ""

    @property
    def openid(self) -> str:
        return f"o-{self.staff_no}"


@dataclass(frozen=True)
class Cast:
    """The people and organizations by name, in ``session`` where there is one, and the database they live in.

    Without a session they are for looking at; operations want those of ``cast.of(session)``.
    """

    sessions: Sessions

    committee: Organization
    first_branch: Organization
    first_group: Organization
    second_group: Organization
    second_branch: Organization
    third_group: Organization

    zhou_guoping: Member
    wang_jianjun: Member
    he_min: Member
    sun_lei: Member
    li_si: Member
    zhang_san: Member
    wang_fang: Member
    liu_qiang: Member
    chen_jing: Member
    zhao_min: Member
    ouyang_jianguo: Member
    liu_defu: Member
    ma_chao: Member
    zheng_shuang: Member
    feng_tao: Member
    qian_jin: Member
    wu_gang: Member
    sun_li: Member

    def of(self, session: Session) -> "Cast":
        """The same people in a session of the test's own."""
        return load(self.sessions, session)

    @staticmethod
    def openid(member: Member) -> str:
        """The openid of a bound member."""
        return f"o-{member.staff_no}"


ORGANIZATIONS = {
    "committee": ("机关党委", OrganizationKind.PARTY_COMMITTEE, None),
    "first_branch": ("第一支部", OrganizationKind.BRANCH, "committee"),
    "first_group": ("第一小组", OrganizationKind.GROUP, "first_branch"),
    "second_group": ("第二小组", OrganizationKind.GROUP, "first_branch"),
    "second_branch": ("第二支部", OrganizationKind.BRANCH, "committee"),
    "third_group": ("第三小组", OrganizationKind.GROUP, "second_branch"),
}
PEOPLE = {
    "zhou_guoping": Person("1001", "周国平", "second_branch", Office.SECRETARY, "committee"),
    "wang_jianjun": Person("1002", "王建军", "first_branch", Office.SECRETARY, "first_branch"),
    "he_min": Person("1003", "何敏", "first_branch", Office.DEPUTY_SECRETARY, "first_branch"),
    "sun_lei": Person("1004", "孙磊", "first_branch", Office.DISCIPLINE_COMMISSIONER, "first_branch"),
    "li_si": Person("1005", "李四", "first_group", Office.GROUP_LEADER, "first_group"),
    "zhang_san": Person("1006", "张三", "first_group"),
    "wang_fang": Person("1007", "王芳", "first_group"),
    "liu_qiang": Person("1008", "刘强", "first_group"),
    "chen_jing": Person("1009", "陈静", "first_group"),
    "zhao_min": Person("1010", "赵敏", "first_group"),
    "ouyang_jianguo": Person("1011", "欧阳建国", "first_group"),
    "liu_defu": Person("1012", "刘德福", "first_group"),
    "ma_chao": Person("1013", "马超", "second_group", Office.GROUP_LEADER, "second_group"),
    "zheng_shuang": Person("1014", "郑爽", "second_group"),
    "feng_tao": Person("1015", "冯涛", "second_group"),
    "qian_jin": Person("1016", "钱进", "second_branch", Office.SECRETARY, "second_branch"),
    "wu_gang": Person("1017", "吴刚", "third_group", Office.GROUP_LEADER, "third_group"),
    "sun_li": Person("1018", "孙丽", "third_group"),
}
UNBOUND = "liu_defu"


def build(session: Session) -> None:
    """Write the cast into an empty database."""
    places = _organizations(session)
    members = {key: _member(session, person, places) for key, person in PEOPLE.items()}
    session.flush()
    for key, person in PEOPLE.items():
        if key != UNBOUND:
            session.add(Follower(openid=person.openid, followed_at=BEFORE))
            session.add(Binding(openid=person.openid, member_id=members[key].id, bound_at=BEFORE))
        if person.office is not None:
            organization_id = places[person.of].id
            session.add(
                Appointment(
                    member_id=members[key].id,
                    organization_id=organization_id,
                    office=person.office,
                    starts_on=date(2025, 1, 1),
                )
            )
    session.add(
        NotScored(
            member_id=members[UNBOUND].id,
            reason=NotScoredReason.AGED,
            decided_by_id=members["zhou_guoping"].id,
            decided_at=BEFORE,
            from_month=Month(2026, 1),
        )
    )
    rulebooks.add_version(session, places["committee"], rulebook_file.read(SEVEN_CONTENTS), now=BEFORE)


def _organizations(session: Session) -> dict[str, Organization]:
    places: dict[str, Organization] = {}
    for key, (name, kind, above) in ORGANIZATIONS.items():
        places[key] = Organization(name=name, kind=kind, parent_id=places[above].id if above else None)
        session.add(places[key])
        session.flush()
    return places


def _member(session: Session, person: Person, places: dict[str, Organization]) -> Member:
    home = places[person.home]
    in_group = home.kind is OrganizationKind.GROUP
    branch_id = home.parent_id if in_group else home.id
    member = Member(
        staff_no=person.staff_no,
        name=person.name,
        phone_last4=f"8{person.staff_no[1:]}",
        branch_id=branch_id,
        group_id=home.id if in_group else None,
        leading_cadre=person.office is Office.SECRETARY and person.of == "committee",
    )
    session.add(member)
    session.flush()
    return member


def load(sessions: Sessions, session: Session) -> Cast:
    """The cast as a database has it."""
    query = select(Member).options(joinedload(Member.branch), joinedload(Member.group))
    people = {member.staff_no: member for member in session.scalars(query)}
    places = {place.name: place for place in session.scalars(select(Organization))}
    found: dict[str, Any] = {key: people[person.staff_no] for key, person in PEOPLE.items()}
    organizations: dict[str, Any] = {key: places[name] for key, (name, _, _) in ORGANIZATIONS.items()}
    assert {field.name for field in fields(Cast)} == {"sessions", *found, *organizations}
    return Cast(sessions=sessions, **organizations, **found)
