"""How people talk: many ways to say one thing, and what they do when the bot asks back, refuses, or is not heard."""

from datetime import timedelta

from tests.simulation.dice import Dice
from tests.simulation.journal import Message
from tests.simulation.organization import Person
from tests.simulation.world import World

# What a member can do, as they call it; the unit; how many at most in one line; how often.
DEEDS: dict[tuple[str, str, int], float] = {
    ("社区志愿", "小时", 4): 6,
    ("志愿服务", "小时", 8): 2,
    ("走访慰问", "户", 3): 3,
    ("学习任务", "月", 1): 4,
    ("重点工作", "月", 1): 4,
    ("领学", "次", 2): 2,
    ("结对互助", "次", 2): 2,
    ("完成党组织交办的任务", "项", 2): 2,
    ("急难险重", "项", 1): 1,
    ("创新项目", "项", 1): 1,
    ("下基层宣讲", "场", 1): 1,
    ("意见建议被采纳", "条", 2): 1,
    ("心得体会", "篇", 1): 1,
    ("无偿献血", "次", 1): 0.3,
    ("未完成学习任务", "月", 1): 0.2,
    ("工作纪律", "次", 1): 0.2,
}
FORMS = (
    "申报 {deed} {count}{unit} {day}",
    "申报 {deed} {count}{unit} {day} {note}",
    "申报 {day} {deed} {count}{unit}",
    "报分 {deed} {count}{unit} {day}",
    "申报　{deed}　{count}{unit}　{day}",
    "申报{deed}{count}{unit}{day}",
    "帮我报 {day}{deed}{count}{unit}",
    "我{day}{deed}{count}{unit}，帮我记一下",
    "{day}{deed}{count}{unit}",
    "申报 {deed}",
)
NOTES = ("清扫河堤", "看望独居老人", "在二社区", "和李主任一起", "整理档案", "<b>河堤</b> www.example.com", "")
CHINESE = "零一两三四五六七八"
WRONG = (
    "申报 社区志愿 20小时 昨天",
    "申报 社区志愿 2小时 明天",
    "申报 打麻将 3小时",
    "申报",
    "申报 社区志愿 -2小时",
    "通过 99999",
    "撤回 99998",
    "补充 99997 看望老人",
    "给我记两分",
    "怎么加分",
    "昨天的志愿能得几分",
    "我不要申报了",
    "asdf",
    "？",
    "解释 J99999",
    "公示 13月",
    "请假 M9999 出差",
    "签到 000000",
    "异议 张三丰 没有参加",
    "🙂",
)
READS = (
    "积分",
    "排名",
    "我的申报",
    "我",
    "帮助",
    "细则 志愿",
    "公示",
    "截止",
    "会议",
    "联系",
    "积分 年",
    "排名 季",
    "小组排名",
    "更多",
)
SOON = timedelta(seconds=12)


def deed_line(throw: Dice, day: int) -> str:
    """A claim as somebody types it; ``day`` is how many days ago it was done."""
    deed, unit, most = throw.pick(DEEDS)
    count = throw.randint(1, most)
    said = throw.choice((str(count), str(count), CHINESE[count]))
    ago = ("今天", "昨天", "前天")[day]
    return throw.choice(FORMS).format(deed=deed, count=said, unit=unit, day=ago, note=throw.choice(NOTES)).strip()


def converse(world: World, who: Person, line: str, throw: Dice) -> Message:
    """Say a line, and go through what is asked back; what nobody answered is said once more."""
    message = world.says(who, line)
    for _ in range(4):
        if message.seen is None or message.seen.startswith("抱歉"):
            if not throw.chance(0.7):
                break
            again = message.text
        elif "请直接发来一张照片" in message.seen and throw.chance(0.9):
            world.clock.wait(SOON)
            message = world.says(who, "", media_id=f"media-{len(world.journal.messages)}")
            continue
        elif asks(message.seen or ""):
            again = throw.pick({"1": 0.85, "取消": 0.1, "2": 0.05})
        else:
            break
        world.clock.wait(SOON)
        message = world.says(who, again)
    return message


def asks(reply: str) -> bool:
    """Whether a reply wants an answer with a number."""
    return not reply.startswith(("✅", "❌")) and "\n1 " in f"\n{reply}"
