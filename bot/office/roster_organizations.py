"""Reads sheet 组织 into a tree, and finds in it the organizations that cells name."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.office.cells import folded
from bot.office.problems import did_you_mean
from bot.office.roster_rows import KINDS, NATURES, OrganizationRow, Path
from bot.office.sheets import Row, Table
from models.organizations import Nature, OrganizationKind

LONGEST_NAME = 80
_COMMITTEE, _LEADING, _GENERAL = (
    OrganizationKind.PARTY_COMMITTEE,
    OrganizationKind.LEADING_GROUP,
    OrganizationKind.GENERAL_BRANCH,
)
# Which kinds may stand above which. The leading group leads a committee or branches, but needs none above it.
ABOVE: Mapping[OrganizationKind, tuple[OrganizationKind, ...]] = {
    _COMMITTEE: (_COMMITTEE, _LEADING),
    _LEADING: (_COMMITTEE,),
    _GENERAL: (_COMMITTEE, _LEADING),
    OrganizationKind.BRANCH: (_GENERAL, _COMMITTEE, _LEADING),
    OrganizationKind.GROUP: (OrganizationKind.BRANCH,),
}
RUNGS = (_LEADING, _COMMITTEE, _GENERAL, OrganizationKind.BRANCH, OrganizationKind.GROUP)
KIND_WORDS = {kind: word for word, kind in reversed(KINDS.items())}


@dataclass(eq=False)
class Node:
    """An organization while the tree is being built; ``row`` is None for one that was imported before."""

    name: str
    kind: OrganizationKind
    row: Row | None = None
    above: "Node | None" = None
    nature: Nature = Nature.STANDING
    leaders: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def path(self) -> Path:
        return (*self.above.path, self.name) if self.above else (self.name,)


@dataclass
class Tree:
    """The organizations and the texts that name them; ``complete`` is false when the sheet could not be read whole."""

    nodes: list[Node] = field(default_factory=list)
    complete: bool = True
    _named: dict[Path, list[Node]] = field(default_factory=dict)

    def add(self, node: Node) -> None:
        """Take an organization in under its own name; ``place`` gives it its longer ones."""
        self.nodes.append(node)
        self._named.setdefault((folded(node.name),), []).append(node)

    def place(self, node: Node, above: Node | None) -> None:
        """Put an organization under the next level."""
        node.above = above
        path = _folded(node.path)
        for start in range(len(path) - 1):
            self._named.setdefault(path[start:], []).append(node)

    def matches(self, text: str) -> list[Node]:
        """What a name, or a path's end such as ``第一支部/第一小组``, may mean; the sheet goes before older ones."""
        parts = _folded(text.split("/"))
        named = self._named.get(parts, [])
        whole = [node for node in named if _folded(node.path) == parts] if len(named) > 1 else []
        named = whole or named
        return [node for node in named if node.row is not None] or named

    def label(self, node: Node) -> str:
        """The shortest path that tells an organization apart from others of its name."""
        path = node.path
        labels = ("/".join(path[start:]) for start in range(len(path) - 2, 0, -1))
        return next((label for label in labels if len(self.matches(label)) == 1), "/".join(path))

    def find(self, row: Row, column: str, text: str, kinds: Iterable[OrganizationKind], wanted: str) -> Node | None:
        """The one organization of these kinds that a cell names; otherwise the cell is refused."""
        if not self.complete:
            return None
        named, kinds = self.matches(text), set(kinds)
        fitting = [node for node in named if node.kind in kinds]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            labels = "、".join(self.label(node) for node in fitting)
            row.refuse(column, f"“{text}”不止一个，请写清是哪一个：{labels}")
        elif named:
            row.refuse(column, f"“{text}”是{KIND_WORDS[named[0].kind]}，{wanted}")
        else:
            near = did_you_mean(text, sorted({node.name for node in self.nodes}), every=False)
            row.refuse(column, f"组织表里没有“{text}”{near}")
        return None

    def rows(self) -> tuple[OrganizationRow, ...]:
        """The rows of the sheet, each level before the one below."""
        read = [node for node in self.nodes if node.row is not None]
        return tuple(_as_row(node) for node in sorted(read, key=lambda node: len(node.path)))


def read(table: Table, known: Mapping[Path, OrganizationKind]) -> Tree:
    """The tree of sheet 组织 and of the organizations that were imported before."""
    tree = Tree(complete={"名称", "类型"} <= table.columns.keys())
    _add_known(tree, known)
    drafts = [_draft(row) for row in table.rows()]
    for node, _ in drafts:
        tree.add(node)
    if tree.complete:
        # From the top down, so that a level above already has its path.
        for node, text in sorted(drafts, key=lambda draft: RUNGS.index(draft[0].kind)):
            tree.place(node, _above(node, text, tree))
        _refuse_twins(tree)
    return tree


def _draft(row: Row) -> tuple[Node, str]:
    name = row.name("名称", longest=LONGEST_NAME)
    if re.search(r"[/@、，,;；]", name):
        row.refuse("名称", "名称里不能有 / @ 和顿号、逗号、分号")
    node = Node(name, row.choice("类型", KINDS) or OrganizationKind.BRANCH, row)
    node.nature = row.choice("性质", NATURES, Nature.STANDING) or Nature.STANDING
    node.leaders = tuple(dict.fromkeys(re.findall(r"[^、，,;；\s]+", row.text("分管领导"))))
    node.starts_on, node.ends_on = row.day("开始日期"), row.day("结束日期")
    if node.starts_on and node.ends_on and node.ends_on < node.starts_on:
        row.refuse("结束日期", f"不能早于开始日期 {node.starts_on}")
    return node, row.name("上级", longest=2 * LONGEST_NAME, needed=False)


def _above(node: Node, text: str, tree: Tree) -> Node | None:
    row = node.row
    assert row is not None
    if not row.sound("类型", "上级"):
        return None
    allowed = ABOVE[node.kind]
    wanted = f"{KIND_WORDS[node.kind]}的上级应是{'、'.join(KIND_WORDS[kind] for kind in allowed)}"
    if not text:
        if node.kind is OrganizationKind.GROUP:
            row.refuse("上级", f"不能空着，{wanted}")
        return None
    if tree.matches(text) == [node]:
        row.refuse("上级", "不能是自己")
        return None
    above = tree.find(row, "上级", text, allowed, wanted)
    circle = _circle(node, above)
    if circle:
        row.refuse("上级", f"上级绕成了一圈：{' → '.join(circle)}")
        return None
    return above


def _circle(node: Node, above: Node | None) -> list[str]:
    """The names on the way up from a node back to itself; empty when the way ends at the top."""
    names = [node.name]
    while above is not None:
        names.append(above.name)
        if above is node:
            return names
        above = above.above
    return []


def _refuse_twins(tree: Tree) -> None:
    first: dict[Path, Row] = {}
    for node in tree.nodes:
        row = node.row
        if row is None or not node.name or not row.sound("上级"):
            continue
        earlier = first.setdefault(_folded(node.path), row)
        if earlier is not row:
            row.refuse("名称", f"与第{earlier.number}行重复：同一上级下只能有一个“{node.name}”")


def _add_known(tree: Tree, known: Mapping[Path, OrganizationKind]) -> None:
    nodes: dict[Path, Node] = {}
    for path in sorted(known, key=len):
        nodes[path] = Node(path[-1], known[path])
        tree.add(nodes[path])
        tree.place(nodes[path], nodes.get(path[:-1]))


def _folded(parts: Iterable[str]) -> Path:
    return tuple(folded(part) for part in parts)


def _as_row(node: Node) -> OrganizationRow:
    assert node.row is not None
    return OrganizationRow(
        path=node.path,
        kind=node.kind,
        nature=node.nature,
        leaders_in_charge=node.leaders,
        starts_on=node.starts_on,
        ends_on=node.ends_on,
        row=node.row.number,
    )
