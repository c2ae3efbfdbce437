"""People of the asker's branch in a text: by name, by pinyin, by sound, 刘大爷, 王书记, 小张."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handlers.understanding.line import Line, Span
from handlers.understanding.sounds import pinyin, sounds, spelt
from models.members import Member

_AGED = "大爷|大娘|大妈|奶奶|爷爷|老人家|婆婆|伯伯|大伯|阿姨|叔叔|老"
_TITLED = "书记|组长|主任|科长|处长|局长|老师|同志|师傅|师父|哥|姐|委员|专干|总"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江"
    "尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
CALLED = re.compile(rf"(?P<name>(?:欧阳|上官|司马|诸葛|[{_SURNAMES}]))(?:(?P<aged>{_AGED})|(?P<title>{_TITLED}))")
_NICK = re.compile(r"(?P<how>老|小|阿|大)(?P<name>[\u4e00-\u9fff])(?![大爷娘妈])")


@dataclass(frozen=True, slots=True)
class PersonRead:
    """Who fits; several when the words do not tell them apart."""

    people: tuple[Member, ...]
    span: Span
    sure: bool = True


def read(line: Line, people: Sequence[Member], is_aged: Callable[[Sequence[Member]], set[int]]) -> PersonRead | None:
    """The first way of naming that finds somebody: exact, by title or age, pinyin, sound, given name."""
    for way in (_exact, lambda text, them: _called(text, them, is_aged), _latin, _sounding, _given):
        found = way(line, people)
        if found is not None:
            return found
    return None


def _exact(line: Line, people: Sequence[Member]) -> PersonRead | None:
    places = [(line.find(member.name), member) for member in people]
    there = [(place, -len(member.name), member) for place, member in places if place >= 0]
    if not there:
        return None
    place, length, member = min(there, key=lambda hit: hit[:2])
    same = tuple(other for other in people if other.name == member.name)
    return PersonRead(same, (place, place - length), sure=len(same) == 1)


def _called(line: Line, people: Sequence[Member], is_aged: Callable[[Sequence[Member]], set[int]]) -> PersonRead | None:
    for found in CALLED.finditer(line):
        fitting = [member for member in people if member.name.startswith(found["name"])]
        if fitting:
            return _narrowed(fitting, found.span(), bool(found["aged"]), is_aged)
    for found in _NICK.finditer(line):
        fitting = [member for member in people if member.name.startswith(found["name"])]
        if fitting:
            # 老刘 may be of any age.
            return _narrowed(fitting, found.span(), False, is_aged)
    return None


def _narrowed(
    fitting: list[Member], span: Span, aged: bool, is_aged: Callable[[Sequence[Member]], set[int]]
) -> PersonRead:
    """刘大爷 is the aged Liu when there is just one; any other nickname is asked about."""
    old = is_aged(fitting) if aged else set()
    named = [member for member in fitting if member.id in old]
    if len(named) == 1:
        return PersonRead((named[0],), span)
    return PersonRead(tuple(named or fitting), span, sure=False)


def _latin(line: Line, people: Sequence[Member]) -> PersonRead | None:
    for said, span in spelt(line):
        fitting = tuple(member for member in people if pinyin(member.name) == said)
        if fitting:
            return PersonRead(fitting, span, sure=len(fitting) == 1)
    return None


def _sounding(line: Line, people: Sequence[Member]) -> PersonRead | None:
    """张山 for 张三: the same sound is a likely slip, but somebody else may be meant."""
    heard = sounds(line)
    for member in people:
        name = sounds(member.name)
        for start in range(len(heard) - len(name) + 1):
            if heard[start : start + len(name)] == name and line[start].strip():
                alike = tuple(other for other in people if sounds(other.name) == name)
                return PersonRead(alike, (start, start + len(name)), sure=False)
    return None


def _given(line: Line, people: Sequence[Member]) -> PersonRead | None:
    """建国 for 欧阳建国."""
    for member in people:
        given = member.name[-2:]
        place = line.find(given) if len(member.name) > 2 else -1
        if place >= 0:
            fitting = tuple(other for other in people if other.name.endswith(given))
            return PersonRead(fitting, (place, place + 2), sure=False)
    return None
