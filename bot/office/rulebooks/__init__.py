"""The two rulebooks that ship, as files an office can copy and change (rules 6)."""

from pathlib import Path

_HERE = Path(__file__).parent

SEVEN_CONTENTS = _HERE / "seven_contents.toml"  # 七项内容
FOUR_RECORDS = _HERE / "four_records.toml"  # 四项记录

TEMPLATES = {"七项内容": SEVEN_CONTENTS, "四项记录": FOUR_RECORDS}
