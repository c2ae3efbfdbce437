"""The kinds of argument, as handlers name them in their signatures.

    @command("申报", …)
    def submit(ctx: Context, item: Item, quantity: Quantity = ONE, day: Day = TODAY, note: Text = "") -> Reply:

Each alias says what the handler gets and which ``Kind`` finds it in a line, asks for it and loads it.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated

from handlers.understanding import targets, times
from handlers.understanding.kinds_of_deeds import AGAIN, DayKind, ItemKind, QuantityKind, WordKind
from handlers.understanding.kinds_of_numbers import CodeKind, FigureKind, NumberKind, NumbersKind, TargetKind
from handlers.understanding.kinds_of_times import MonthKind, SpanKind, UntilKind
from handlers.understanding.kinds_of_words import AskKind, NameKind, PersonKind, QueryKind, ReasonKind, TextKind
from handlers.understanding.targets import ALL as ALL
from handlers.understanding.times import THIS_MONTH as THIS_MONTH
from handlers.understanding.times import TODAY as TODAY
from models import members, months, rulebooks

# A claim: the item, how much, when. For a person named before (代报) the items are that person's.
Item = Annotated[rulebooks.Item, ItemKind()]
AnyItem = Item
Quantity = Annotated[Decimal, QuantityKind()]
Day = Annotated[date, DayKind()]
Again = Annotated[bool, WordKind(AGAIN)]
Whole = Annotated[bool, WordKind("全部")]

# Things by their numbers.
Target = Annotated[targets.Target, TargetKind()]
Number = Annotated[int, NumberKind()]
Numbers = Annotated[tuple[targets.Target, ...], NumbersKind()]
Figure = Annotated[Decimal | None, FigureKind()]
Code = Annotated[str, CodeKind()]

# Times.
Until = Annotated[date, UntilKind()]
Month = Annotated[months.Month, MonthKind()]
Span = Annotated[times.Span, SpanKind()]

# People and words.
Person = Annotated[members.Member, PersonKind()]
Name = Annotated[str, NameKind()]
Text = Annotated[str, TextKind()]
Reason = Annotated[str, ReasonKind()]
Ask = Annotated[str, AskKind()]
Query = Annotated[str, QueryKind()]
