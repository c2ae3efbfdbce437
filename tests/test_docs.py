"""The documents are true: they name what exists, and their links lead somewhere."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from handlers.announcements import TITLES
from handlers.dispatch import FAMILIES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
MANUALS = sorted((DOCS / "manual").glob("*.md"))
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# Whom the pages link to; a registry is none of them, nor may a lock file name any.
LINKED_TO = {"github.com", "keepachangelog.com", "semver.org", "…"}
_HOST = re.compile(r"https?://([^/\s)>`\"'，。）:]+)")
_FENCE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _prose(path: Path) -> str:
    """A page without its code, where [label] is a tap and no link."""
    return _FENCE.sub("", _read(path))


@pytest.mark.parametrize("command", FAMILIES.commands, ids=lambda command: command.word)
def test_the_reference_names_every_command(command) -> None:
    table = _read(DOCS / "reference" / "commands.md")
    assert f"| `{command.usage.replace('|', chr(92) + '|')}` |" in table


def test_the_example_configuration_names_every_key_and_the_manual_every_section() -> None:
    from bot.config_sections import Config, section_of  # noqa: PLC0415  # the edge, for this test alone

    example = tomllib.loads(_read(ROOT / "config.example.toml"))
    for name, field in Config.model_fields.items():
        section = section_of(field.annotation)
        assert section is not None
        assert set(section.model_fields) - {"templates", "subscriptions"} <= set(example[name])
    reference = _read(DOCS / "reference" / "configuration.md")
    assert all(f"`[{name}]`" in reference for name in Config.model_fields)


@pytest.mark.parametrize("kind", TITLES)
def test_the_reference_names_every_kind_of_notice(kind: str) -> None:
    assert f"| `{kind}` | {TITLES[kind]} |" in _read(DOCS / "reference" / "configuration.md")


def test_every_dependency_has_its_line_and_no_line_is_left_over() -> None:
    project = tomllib.loads(_read(ROOT / "pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=!~; ]", one, maxsplit=1)[0] for one in wanted}
    lines = re.findall(r"^\| `([^`]+)` \| \S", _read(DOCS / "why" / "decisions" / "dependencies.md"), re.MULTILINE)
    assert sorted(names) == sorted(lines)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(_prose(page)):
        if not target.startswith(("http://", "https://", "#")):
            assert (page.parent / target.partition("#")[0]).exists(), target


def test_every_page_is_reached_from_the_first() -> None:
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        found = [target.partition("#")[0] for target in _LINK.findall(_prose(page))]
        waiting += [page.parent / target for target in found if target and "://" not in target]
    assert {page.resolve() for page in PAGES} == seen


@pytest.mark.parametrize("page", [*PAGES, ROOT / "requirements.txt", ROOT / "requirements-dev.txt"], ids=_name)
def test_no_address_of_a_registry_and_no_path_of_a_machine(page: Path) -> None:
    text = _read(page)
    assert {host for host in _HOST.findall(text) if not host.endswith(".example")} <= LINKED_TO
    assert not re.search(r"--(?:extra-)?index\b", text)
    assert not re.search(r"(?<![\w.])/(?:home|root|tmp|work|Users|mnt|data)/", text)


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_first_lines_are_the_two_commands(readme: str) -> None:
    code = [line.split("#")[0].strip() for line in _read(ROOT / readme).split("\n")[1:8] if line.startswith("    ")]
    assert code == ["make demo", "make test"]


def _dialogues() -> set[tuple[str, str]]:
    """What the tests say belongs in which manual: (manual, dialogue)."""
    found = set()
    for path in (ROOT / "tests" / "handlers").glob("test_*.py"):
        for node in ast.walk(ast.parse(_read(path))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.manual":
                manual, dialogue = (ast.literal_eval(argument) for argument in node.args)
                assert (manual, dialogue) not in found, f"two tests write {dialogue}"
                found.add((manual, dialogue))
    return found


def test_every_dialogue_of_the_manuals_is_written_by_a_test() -> None:
    marked = {
        (page.stem, dialogue) for page in MANUALS for dialogue in re.findall(r"<!-- dialogue: (.*?) -->", _read(page))
    }
    assert marked == _dialogues()


@pytest.mark.parametrize("page", MANUALS, ids=_name)
def test_the_manuals_speak_as_the_bot_does(page: Path) -> None:
    assert not re.search(r"！|系统|你(?!好)", _read(page))
    assert all(block.count("\n") > 1 for block in re.findall(r"(?<=```text\n).*?(?=```)", _read(page), re.DOTALL))
