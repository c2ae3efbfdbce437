"""What a backup says of itself: the first file in its tar, readable by anyone who keeps it (rules 2)."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Any, Self

from models.verification import BranchHead, Head

FORMAT = 1
NAME = "manifest.json"
DATABASE = "database"  # the name of the database's dump in the tar
EVIDENCE = "evidence/"  # before the name of each picture


class Unusable(Exception):
    """A backup cannot be made, or used; ``str()`` is one sentence for the operator."""


@dataclass(frozen=True)
class Manifest:
    """The state that was backed up: of what kind, from when, and where each branch's chain stood."""

    dialect: str
    revision: str
    made_at: datetime
    database_sha256: str
    pictures: int
    heads: list[BranchHead]
    missing: list[str] = field(default_factory=list)  # pictures whose files were already gone
    program: str = field(default_factory=lambda: version("xianfeng"))

    def render(self) -> bytes:
        """As JSON."""
        heads = [{"branch": one.branch, "sequence": one.head.sequence, "hash": one.head.hash} for one in self.heads]
        values = {**asdict(self), "format": FORMAT, "made_at": self.made_at.isoformat(), "heads": heads}
        return json.dumps(values, ensure_ascii=False, indent=2).encode()

    @classmethod
    def read(cls, data: bytes) -> Self:
        """The same back; raises Unusable."""
        try:
            values = json.loads(data)
            if values["format"] != FORMAT:
                raise Unusable("备份的格式比程序新，请换用较新的程序")
            return cls._of(values)
        except (ValueError, LookupError, TypeError, AttributeError):
            raise Unusable("这不是先锋的备份文件，或者不完整，没有恢复") from None

    @classmethod
    def _of(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            dialect=str(values["dialect"]),
            revision=str(values["revision"]),
            made_at=datetime.fromisoformat(values["made_at"]),
            database_sha256=str(values["database_sha256"]),
            pictures=int(values["pictures"]),
            heads=[BranchHead(one["branch"], Head(int(one["sequence"]), one["hash"])) for one in values["heads"]],
            missing=[str(name) for name in values["missing"]],
            program=str(values["program"]),
        )
