"""The sample organisation of the demo: invented people of an invented county procuratorate.

Three branches, eight groups, sixty members. The first branch is the one of the example dialogues: 33 members, of whom
10 are not scored. Probationary members are in their twenties, members of the retired groups between 60 and 75.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path as FilePath

from bot.office import roster_workbook
from bot.office.roster_rows import Held, MemberRow, OrganizationRow, Path
from models.appointments import Office
from models.members import MemberCategory, NotScoredReason
from models.organizations import Nature, OrganizationKind

LEADING_GROUP: Path = ("云溪县人民检察院党组",)
COMMITTEE: Path = ("云溪县人民检察院机关党委",)
FIRST: Path = (*COMMITTEE, "第一支部")
SECOND: Path = (*COMMITTEE, "第二支部")
RETIRED: Path = (*COMMITTEE, "离退休支部")
FIRST_1, FIRST_2, FIRST_RETIRED = (*FIRST, "第一小组"), (*FIRST, "第二小组"), (*FIRST, "离退休小组")
SECOND_1, SECOND_2, SECOND_3 = (*SECOND, "第一小组"), (*SECOND, "第二小组"), (*SECOND, "第三小组")
EAST, WEST = (*RETIRED, "城东小组"), (*RETIRED, "城西小组")

_FOUNDED = date(2018, 7, 1)
_BRANCH, _GROUP = OrganizationKind.BRANCH, OrganizationKind.GROUP

ORGANIZATIONS = (
    OrganizationRow(LEADING_GROUP, OrganizationKind.LEADING_GROUP),
    OrganizationRow(COMMITTEE, OrganizationKind.PARTY_COMMITTEE, leaders_in_charge=("2016",), starts_on=_FOUNDED),
    OrganizationRow(FIRST, _BRANCH, leaders_in_charge=("1018",), starts_on=_FOUNDED),
    OrganizationRow(SECOND, _BRANCH, leaders_in_charge=("1021",), starts_on=_FOUNDED),
    OrganizationRow(RETIRED, _BRANCH, Nature.RETIRED, ("1018",), date(2020, 9, 1)),
    OrganizationRow(FIRST_1, _GROUP),
    OrganizationRow(FIRST_2, _GROUP),
    OrganizationRow(FIRST_RETIRED, _GROUP, Nature.RETIRED),
    OrganizationRow(SECOND_1, _GROUP),
    OrganizationRow(SECOND_2, _GROUP),
    OrganizationRow(SECOND_3, _GROUP),
    OrganizationRow(EAST, _GROUP, Nature.RETIRED),
    OrganizationRow(WEST, _GROUP, Nature.RETIRED),
)

_PROBATIONARY = MemberCategory.PROBATIONARY
_LEADER, _SECRETARY, _DEPUTY = Office.GROUP_LEADER, Office.SECRETARY, Office.DEPUTY_SECRETARY
_ORGANIZATION, _PUBLICITY = Office.ORGANIZATION_COMMISSIONER, Office.PUBLICITY_COMMISSIONER
_DISCIPLINE, _INSPECTOR = Office.DISCIPLINE_COMMISSIONER, Office.INSPECTOR
_AGED, _ILL, _AWAY = NotScoredReason.AGED, NotScoredReason.ILL, NotScoredReason.AWAY


def _member(
    staff_no: str,
    name: str,
    last4: str | None,
    home: Path,
    *offices: tuple[Office, Path],
    category: MemberCategory = MemberCategory.FULL,
    cadre: bool = False,
    not_scored: NotScoredReason | None = None,
) -> MemberRow:
    held = tuple(Held(office, organization) for office, organization in offices)
    return MemberRow(staff_no, name, home, last4, held, category, leading_cadre=cadre, not_scored=not_scored)


MEMBERS = (
    # 第一支部第一小组: eleven scored, one aged member whose leader claims for him
    _member("1001", "李四", "3815", FIRST_1, (_LEADER, FIRST_1)),
    _member("1002", "张三", "6021", FIRST_1),
    _member("1003", "王芳", "7742", FIRST_1),
    _member("1004", "刘强", "1936", FIRST_1),
    _member("1005", "陈静", "5508", FIRST_1),
    _member("1006", "赵敏", "2467", FIRST_1, (_PUBLICITY, FIRST)),
    _member("1007", "周子涵", "9013", FIRST_1, category=_PROBATIONARY),
    _member("1008", "吴晓东", "4279", FIRST_1, (_INSPECTOR, COMMITTEE)),
    _member("1009", "郑海燕", "8850", FIRST_1),
    _member("1010", "孙志远", "3304", FIRST_1),
    _member("1011", "马丽娟", "6697", FIRST_1),
    _member("1012", "刘德福", None, FIRST_1, not_scored=_AGED),
    # 第一支部第二小组: twelve scored, one ill
    _member("1013", "王建军", "1188", FIRST_2, (_SECRETARY, FIRST)),
    _member("1014", "孙丽华", "5273", FIRST_2, (_DEPUTY, FIRST)),
    _member("1015", "何文斌", "7406", FIRST_2, (_LEADER, FIRST_2)),
    _member("1016", "黄秀英", "2091", FIRST_2, (_ORGANIZATION, FIRST)),
    _member("1017", "徐国强", "6634", FIRST_2, (_DISCIPLINE, FIRST)),
    _member("1018", "周国平", "9920", FIRST_2, (_SECRETARY, COMMITTEE), cadre=True),
    _member("1019", "高云飞", "3157", FIRST_2),
    _member("1020", "林小雨", "8046", FIRST_2, category=_PROBATIONARY),
    _member("1021", "罗志刚", "4583", FIRST_2, cadre=True),
    _member("1022", "梁玉梅", "7712", FIRST_2),
    _member("1023", "谢建平", "1369", FIRST_2),
    _member("1024", "宋佳", "5925", FIRST_2, (Office.PARTY_AFFAIRS_OFFICER, COMMITTEE)),
    _member("1025", "韩雪梅", "2840", FIRST_2, not_scored=_ILL),
    # 第一支部离退休小组
    _member("1026", "郭振华", "6178", FIRST_RETIRED, (_LEADER, FIRST_RETIRED)),
    _member("1027", "曹桂兰", "9436", FIRST_RETIRED),
    _member("1028", "邓树林", "3752", FIRST_RETIRED),
    _member("1029", "彭玉珍", "8261", FIRST_RETIRED),
    _member("1030", "曾庆祥", "4095", FIRST_RETIRED),
    _member("1031", "肖德明", "7538", FIRST_RETIRED),
    _member("1032", "田淑芬", "1647", FIRST_RETIRED),
    _member("1033", "董长河", None, FIRST_RETIRED, not_scored=_AGED),
    # 第二支部
    _member("2001", "赵卫东", "5381", SECOND_1, (_SECRETARY, SECOND)),
    _member("2002", "唐晓芳", "2916", SECOND_1, (_LEADER, SECOND_1)),
    _member("2003", "袁立新", "6450", SECOND_1, (_ORGANIZATION, SECOND)),
    _member("2004", "冯倩", "9178", SECOND_1, (_INSPECTOR, COMMITTEE)),
    _member("2005", "于海涛", "3523", SECOND_1),
    _member("2006", "潘志勇", "8807", SECOND_1),
    _member("2007", "蒋明辉", "4764", SECOND_2, (_DEPUTY, SECOND)),
    _member("2008", "蔡文静", "7239", SECOND_2, (_LEADER, SECOND_2)),
    _member("2009", "余凯", "1592", SECOND_2, (_PUBLICITY, SECOND)),
    _member("2010", "杜艳红", "5046", SECOND_2),
    _member("2011", "苏航", "2385", SECOND_2, category=_PROBATIONARY),
    _member("2012", "魏长征", "6871", SECOND_2, not_scored=_AWAY),
    _member("2013", "程伟", "9604", SECOND_3, (_DISCIPLINE, SECOND)),
    _member("2014", "吕春梅", "3418", SECOND_3, (_LEADER, SECOND_3)),
    _member("2015", "丁浩", "8193", SECOND_3),
    _member("2016", "沈立峰", "4627", SECOND_3, (_SECRETARY, LEADING_GROUP), cadre=True),
    _member("2017", "姚玉琴", "7950", SECOND_3, not_scored=_ILL),
    # 离退休支部
    _member("3001", "卢国栋", "1274", EAST, (_SECRETARY, RETIRED)),
    _member("3002", "汪秀兰", "5769", EAST, (_LEADER, EAST), (_PUBLICITY, RETIRED)),
    _member("3003", "范继先", "2033", EAST, (_DISCIPLINE, RETIRED)),
    _member("3004", "金凤英", "6518", EAST),
    _member("3005", "石万山", None, EAST, not_scored=_AGED),
    _member("3006", "贾永年", "9382", WEST, (_LEADER, WEST)),
    _member("3007", "方桂珍", "3846", WEST, (_ORGANIZATION, RETIRED)),
    _member("3008", "熊大成", "8425", WEST),
    _member("3009", "白素琴", "4150", WEST),
    _member("3010", "江志明", "7693", WEST, not_scored=_AGED),
)


def scored(members: Iterable[MemberRow] = MEMBERS) -> tuple[MemberRow, ...]:
    """The members whose months are scored: no retired organization, no reason of their own (rules 7)."""
    retired = {row.path for row in ORGANIZATIONS if row.nature is Nature.RETIRED}
    return tuple(
        member
        for member in members
        if member.not_scored is None and member.home not in retired and member.home[:-1] not in retired
    )


def write_sample_workbook(path: FilePath) -> None:
    """Write the sample organisation as a roster workbook."""
    roster_workbook.write(path, ORGANIZATIONS, MEMBERS)
