"""Lines of one shape have their days and quantities at the same places."""

import re
from datetime import date

import pytest

from handlers.understanding import clocks, days, hints, numerals, quantities, shapes
from handlers.understanding.line import Line
from tests.handlers.understanding.report import HERE, utterances

TODAY = date(2026, 11, 20)


def test_what_readers_name_stays_and_the_rest_is_alike():
    shape = shapes.shaper(days, quantities, hints, clocks, numerals)
    assert shape("申报 2小时 昨天 abc，看望") == f"{shape('申报')} 2小时 昨天 abc，{shapes.ANY * 2}"
    assert shapes.ANY not in "".join(re.findall("[一-鿿]", "天日号月小时户篇项次周期拜昨前今一二三四五六七八九十"))


@pytest.mark.parametrize("ahead", [False, True])
def test_no_utterance_is_read_otherwise_by_its_shape(ahead):
    for utterance in utterances(HERE / "utterances.toml"):
        line = Line.of(utterance["text"])
        assert days.read(line, TODAY, ahead=ahead) == days._read(str(line), TODAY, ahead)
        assert quantities.read(line) == quantities._read.__wrapped__(str(line))


def test_a_doubt_quotes_the_line_and_not_its_shape():
    read = days.read(Line.of("上蔡节那天看望老人"), TODAY)
    assert read is not None
    assert not read.sure
    assert shapes.ANY not in read.why
