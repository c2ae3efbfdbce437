"""The kinds of argument, as handlers name them in their signatures.

    @command("申报", …)
    def submit(ctx: Context, item: Item, quantity: Quantity = ONE, day: Day = TODAY, note: Text = "") -> Reply:

Each alias says what the handler gets and which ``Kind`` finds it in a line, asks for it and loads it.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from handlers.understanding import targets, times
from handlers.understanding.kinds_of_answers import RemedyKind, VerdictKind
from handlers.understanding.kinds_of_attendance import (
    NobodyKind,
    SeenKindKind,
    SeenMeetingKind,
    SeenPersonKind,
    StretchKind,
)
from handlers.understanding.kinds_of_corrections import AttendanceKind, GroundKind
from handlers.understanding.kinds_of_deeds import AGAIN, DayKind, ItemKind, QuantityKind, WordKind
from handlers.understanding.kinds_of_group_changes import (
    Change,
    GroupChangeKind,
    LentKind,
    Report,
    ReportedGroupKind,
    ReportKind,
)
from handlers.understanding.kinds_of_groups import DoneInKind, GroupNameKind, LastDayKind, LeaderKind, MembersKind
from handlers.understanding.kinds_of_meetings import (
    CheckInCodeKind,
    HoldersKind,
    MeetingKindsKind,
    MeetingNumberKind,
    MomentKind,
)
from handlers.understanding.kinds_of_meetings import Moment as MomentSaid
from handlers.understanding.kinds_of_minutes import OutlineKind, WrittenMeetingKind
from handlers.understanding.kinds_of_numbers import (
    CodeKind,
    ExplainedKind,
    FigureKind,
    NumberKind,
    TargetKind,
)
from handlers.understanding.kinds_of_opinions import MatterKind, OpinionTextKind, SortKind
from handlers.understanding.kinds_of_periods import MadeUpKind
from handlers.understanding.kinds_of_places import AgendaKind, PlaceKind, SaidKind
from handlers.understanding.kinds_of_records import (
    SURE,
    AnyoneKind,
    RecordedItemKind,
    SeveralKind,
    TheMonthKind,
    WhyKind,
)
from handlers.understanding.kinds_of_rounds import DocumentKind, EitherKind, LetteredKind, MeetingKind
from handlers.understanding.kinds_of_states import FromToKind, StateReasonKind
from handlers.understanding.kinds_of_talks import DeadlineKind, FoundReasonKind, MeasuresKind
from handlers.understanding.kinds_of_times import MonthKind, SpanKind, UntilKind
from handlers.understanding.kinds_of_waiting import OwnNumberKind, TakenBackKind, WaitingNumberKind, WaitingNumbersKind
from handlers.understanding.kinds_of_words import (
    AskKind,
    MessageKind,
    NameKind,
    OtherPersonKind,
    PeopleKind,
    PersonKind,
    QueryKind,
    ReasonKind,
    TextKind,
)
from handlers.understanding.kinds_of_years import BranchKind, LaureatesKind, TitleKind, WithoutKind, YearKind
from handlers.understanding.targets import ALL as ALL
from handlers.understanding.times import THIS_MONTH as THIS_MONTH
from handlers.understanding.times import TODAY as TODAY
from models import meetings, members, minutes, months, organizations, rulebooks

# A claim: the item, how much, when. For a person named before (代报) the items are that person's.
Item = Annotated[rulebooks.Item, ItemKind()]
AnyItem = Item
Quantity = Annotated[Decimal, QuantityKind()]
Day = Annotated[date, DayKind()]
Again = Annotated[bool, WordKind(AGAIN)]
Whole = Annotated[bool, WordKind("全部")]

# Things by their numbers.
Target = Annotated[targets.Target, TargetKind()]
Explained = Annotated[targets.Target, ExplainedKind()]
Number = Annotated[int, NumberKind()]
OwnNumber = Annotated[int, OwnNumberKind()]
WaitingNumber = Annotated[int, WaitingNumberKind()]
WaitingNumbers = Annotated[tuple[targets.Target, ...], WaitingNumbersKind()]
TakenBack = Annotated[targets.Target, TakenBackKind()]
Figure = Annotated[Decimal | None, FigureKind()]
Code = Annotated[str, CodeKind()]

# The monthly round: opinion Y7, follow-up T5, meeting M7, the two outcomes of each, a document.
Opinion = Annotated[int, LetteredKind("Y", "是哪一条？请写编号，例如 Y7")]
FollowUp = Annotated[int, LetteredKind("T", "是哪一件？请写编号，例如 T5")]
Meeting = Annotated[int | None, MeetingKind()]
Verdict = Annotated[str, VerdictKind()]
Correction = Annotated[str | None, RemedyKind()]
Sort = Annotated[str, SortKind()]
Grounds = Annotated[str, OpinionTextKind("理由", "请写一句理由，例如：当天确有走访，有照片")]
Advice = Annotated[str, OpinionTextKind("内容", "请写您的建议，例如：每月公示前先在小组会上通报")]
Story = Annotated[str, OpinionTextKind("内容", "请写要反映的情况：谁、什么时候、什么事", warns=True)]
Words = Annotated[str, OpinionTextKind("内容", "请写具体内容")]
Answer = Annotated[str, OpinionTextKind("理由", "请写一句理由，会告诉本人")]
Matter = Annotated[str | None, MatterKind()]
Own = Annotated[str, MatterKind("appeal")]
Somebodys = Annotated[str, MatterKind("objection")]
Finding = Annotated[bool, EitherKind("属实", "不实", "属实还是不实？", "无误 真实", "不属实 失实 虚报 不真实 弄虚作假")]
Document = Annotated[str, DocumentKind()]

# A talk and correction: the reason found, the measures agreed, until when.
FoundReason = Annotated[str, FoundReasonKind()]
Measures = Annotated[str, MeasuresKind()]
Deadline = Annotated[date, DeadlineKind()]

# Quarter and year: who is left out, which year and branch, who was commended and how.
Without = Annotated[tuple[str, ...], WithoutKind()]
Year = Annotated[int | None, YearKind()]
Branch = Annotated[organizations.Organization | None, BranchKind()]
Laureates = Annotated[tuple[members.Member | organizations.Organization, ...], LaureatesKind()]
Title = Annotated[str, TitleKind()]

# Whether a member is scored: why not, and from which month until which.
StateReason = Annotated[members.NotScoredReason, StateReasonKind()]
FromTo = Annotated[tuple[months.Month, months.Month | None] | None, FromToKind()]

# What is recorded about others: whom, what, when, why, and whether it was confirmed.
Anyone = Annotated[members.Member, AnyoneKind()]
Several = Annotated[tuple[members.Member, ...], SeveralKind()]
PlusItem = Annotated[rulebooks.Item, RecordedItemKind(plus=True)]
MinusItem = Annotated[rulebooks.Item, RecordedItemKind(plus=False)]
TheMonth = Annotated[months.Month, TheMonthKind()]
Why = Annotated[str, WhyKind("说明")]
Ground = Annotated[str, WhyKind("理由")]
Sure = Annotated[bool, WordKind(SURE)]

# Temporary groups: what one is made of, and in which group a deed was done.
GroupName = Annotated[str, GroupNameKind()]
Leader = Annotated[members.Member, LeaderKind()]
Members = Annotated[Sequence[members.Member], MembersKind()]
LastDay = Annotated[date, LastDayKind()]
GroupChange = Annotated[Change | None, GroupChangeKind()]
ReportedGroup = Annotated[organizations.Organization, ReportedGroupKind()]
ClosingReport = Annotated[Report, ReportKind()]
Lent = Annotated[organizations.Organization | None, LentKind()]
DoneIn = Annotated[organizations.Organization | None, DoneInKind()]

# Meetings: which, of what kinds, whose, when, where, about what; the six digits; who came.
MeetingNumber = Annotated[int, MeetingNumberKind()]
OwnMeeting = Annotated[int, MeetingNumberKind(own=True)]
MeetingKinds = Annotated[tuple[str, ...], MeetingKindsKind()]
HeldBy = Annotated[tuple[organizations.Organization, ...], HoldersKind()]
Moment = Annotated[MomentSaid, MomentKind()]
Place = Annotated[str, PlaceKind()]
Agenda = Annotated[str, AgendaKind()]
MadeUp = Annotated[str, MadeUpKind()]
CheckInCode = Annotated[str, CheckInCodeKind()]
Came = Annotated[meetings.Attendance, AttendanceKind()]
CameGround = Annotated[str, GroundKind()]
LeaveReason = Annotated[str, SaidKind("原因", "请写一句请假的原因，例如：出差")]
ForgottenNote = Annotated[str, SaidKind("说明", "请写一句说明，例如：手机没电，全程在场")]
SeenMeeting = Annotated[int | None, SeenMeetingKind()]
SeenKind = Annotated[tuple[str, ...], SeenKindKind()]
SeenPerson = Annotated[members.Member | None, SeenPersonKind()]
OfCadres = Annotated[bool, WordKind("双重组织生活")]
Stretch = Annotated[times.Span, StretchKind()]
Unheard = Annotated[str, NobodyKind()]
WrittenMeeting = Annotated[int, WrittenMeetingKind()]
MinutesOutline = Annotated[minutes.Outline | None, OutlineKind()]
CancelReason = Annotated[str, SaidKind("理由", "请写一句取消的理由，大家会看到，例如：书记出差")]

# Times.
Until = Annotated[date, UntilKind()]
Month = Annotated[months.Month, MonthKind()]
Span = Annotated[times.Span, SpanKind()]

# People and words.
Person = Annotated[members.Member, PersonKind()]
OtherPerson = Annotated[members.Member | None, OtherPersonKind()]
People = Annotated[tuple[members.Member, ...], PeopleKind()]
Name = Annotated[str, NameKind()]
Text = Annotated[str, TextKind()]
Message = Annotated[str, MessageKind()]
Reason = Annotated[str, ReasonKind()]
Ask = Annotated[str, AskKind()]
Query = Annotated[str, QueryKind()]
