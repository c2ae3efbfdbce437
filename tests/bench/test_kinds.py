"""The benchmarks and the plays say which argument is wrong, and begin nothing."""

from collections.abc import Callable, Sequence

import pytest

from bench import http, memory, overload, population
from tests.simulation import __main__ as simulation


@pytest.mark.parametrize(
    ("main", "line", "says"),
    [
        (http.main, "--seconds nan", "--seconds: 'nan' is no length of time, such as 2.5"),
        (memory.main, "--messages 1e6", "--messages: '1e6' is no whole number"),
        (overload.main, "--seconds soon", "--seconds: 'soon' is no length of time"),
        (population.main, "--members 1000,", "--members: '' is no whole number from 1 on"),
        (population.main, "--entries 13", "--entries: invalid choice: 13"),
        (simulation.main, "--branches 0", "--branches: '0' is no whole number from 1 on, such as 20"),
    ],
)
def test_a_wrong_argument_is_named_and_nothing_begins(
    main: Callable[[Sequence[str]], int], line: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(line.split())
    assert ended.value.code == 2
    assert says in capsys.readouterr().err
