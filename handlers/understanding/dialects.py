"""What people of many places say, in the words of the written language: 啷个, 咋整, 點樣 are 怎么, 怎么办, 怎么.

Only for judging what a question is about: the length changes, and nothing read here becomes an argument.
"""

import re
from functools import lru_cache

# In this order; what is replaced is not read again by an earlier line.
_WRITTEN = (
    ("怎么办", r"(?:咋个?|啷个|么样?|怎[么样]?|点样?|如何)(?:办|整|弄|搞|处理)(?!理|公|好|完)"),
    (
        "为什么",
        r"为啥子?|为么子?|做么子|做啥子?|点解|凭(?:啥子?|什么)|何解|(?:咋个?|怎么?)(?=没|不|才|就|少|扣|还没|只)",
    ),
    (
        "什么时候",
        r"(?:啷|哪)个时候|哪阵|啥子?(?:时候|辰光|时间)|啥前儿?"
        r"|几时|何时|(?<!什)么子?时候|多会儿?|多咱|好久(?=[才能可截批出公审结开到])",
    ),
    ("怎么", r"咋个|啷个|咋着?|哪能|点样|点(?=算|做|报|睇|查|先)|(?<!怎)么样|如何|怎样|怎(?!么)"),
    ("多少", r"好多(?=$|[呢啊嘛哦]|分|个|条|名|次|户|小时)|几化|几多|多小"),
    ("哪里", r"哪块|哪儿|边度|哪旮|哪达|啥地方|哪点(?!钟)"),
    ("什么", r"啥子|啥|么子|乜嘢?|咩|么事"),
    ("谁", r"哪个(?=审|批|管|负责|看|教|给|来|定|说|帮)|边个|哪位|啥人|(?<=[找问是跟])哪个"),
    ("没有", r"没得|莫得|冇|唔(?=得|系)|未(?=\s?$)"),
    ("会不会", r"得不得|晓不晓得会"),
    ("我", r"俺|阿拉|咱|偶"),
    ("的", r"嘅"),
    ("了", r"咗|喽|啰"),
    ("看", r"睇|瞅|瞧"),
    ("还差", r"(?:仲|还)?[争欠缺](?=几|多少)"),
    ("还", r"仲"),
    ("那", r"嗰"),
    ("是", r"(?<![联关体])系(?![统列数])"),
    ("给", r"俾|畀"),
    ("合格", r"及格|达标|够格|够线|过线"),
)
_PATTERNS = tuple((written, re.compile(said)) for written, said in _WRITTEN)


@lru_cache(maxsize=512)
def written(line: str) -> str:
    """A folded text in the words of the written language."""
    for word, said in _PATTERNS:
        line = said.sub(word, line)
    return line.replace(" ", "")
