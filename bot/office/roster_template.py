"""An empty roster workbook with drop-downs and a page of advice, for who fills one in the first time."""

from pathlib import Path as FilePath

from openpyxl.styles import Alignment, Font

from bot.office import roster_workbook
from bot.office.roster_rows import KINDS, NATURES, OFFICES, PLAIN_MEMBER, REASONS

ADVICE_SHEET = "说明"
_OFFICES = f"{PLAIN_MEMBER}、{'、'.join(list(OFFICES)[:10])}；有几个的用顿号隔开。"
ADVICE = (
    ("怎么填", "先填“组织”，再填“党员”。表名和列名不要改，列的先后随意；可以留空的列，不要也行。"),
    ("填好以后", "先试一遍，写错的格子会一次全列出来：xianfeng roster import 花名册.xlsx --dry-run"),
    ("没有问题", "再导入：xianfeng roster import 花名册.xlsx"),
    ("再次导入", "按工号和组织名称更新；表里没有的人和组织只提示，不会删除。"),
    ("组织·名称", "同一上级下不能重名；不同支部可以都有“第一小组”。名称里不要用 / @ 和顿号。"),
    ("组织·类型", "、".join(KINDS)),
    ("组织·上级", "写上一级组织的名称；最上一级空着。党小组的上级是党支部。"),
    ("组织·性质", "、".join(NATURES) + "；空着就是常设。离退休组织的党员默认不计分。"),
    ("组织·分管领导", "写工号，几个人之间用顿号隔开。"),
    ("开始、结束日期", "例如 2026-01-05、2026/1/5、2026年1月5日，都可以；没有就空着。"),
    ("党员·工号", "每人一个，不能重复。"),
    ("党员·手机号", "只保留后4位，写全号或后4位都行。不要填身份证号。"),
    ("党员·所属组织", "写本人所在的党小组，没有小组的写党支部；小组重名时写“第一支部/第一小组”。"),
    ("临时组织", "成员的所属组织仍写原来的小组，积分也记在原来的支部。"),
    ("党员·职务", _OFFICES + "在别的组织任职的写“职务@组织”，例如 支部书记@机关党委。"),
    ("党员·党员类别", "正式党员、预备党员；空着就是正式党员。"),
    ("党员·党籍状态", "正常、留党察看、停止党籍；空着就是正常。"),
    ("党员·领导干部", "是、否；空着就是否。"),
    ("党员·计分", f"是，或“否:原因”，原因可以是：{'、'.join(REASONS)}；空着就是计分。"),
)


def write(path: FilePath) -> None:
    """Write the empty workbook; the sheets to fill in come first, the advice last."""
    book = roster_workbook.build((), ())
    sheet = book.create_sheet(ADVICE_SHEET)
    for number, (what, how) in enumerate(ADVICE, start=1):
        roster_workbook.put(sheet, number, 1, what)
        roster_workbook.put(sheet, number, 2, how)
        sheet.cell(number, 1).font = Font(bold=True)
        for column in (1, 2):
            sheet.cell(number, column).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 90
    book.save(path)
