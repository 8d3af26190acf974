"""From the points of a check to one verdict: the only place that knows what outweighs what.

A file is genuine where a book (register or manifest) holds exactly its bytes and nothing that could be checked
speaks against it. A signature alone, however whole, leaves it unchecked: it cannot know what was revoked, and
it does not cover its own bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reportgen.errors.entry import ExitCode


class Key(StrEnum):
    """The points of a check, in the order in which they are told."""

    FILE = "file"
    INTEGRITY = "integrity"
    CERTIFICATION = "certification"
    COVERAGE = "coverage"
    TRUST = "trust"
    VALIDITY = "validity"
    STAMP = "timestamp"
    SIGNER = "signer"
    HASH = "hash"
    TWIN = "twin"
    STATE = "state"
    PLACE = "place"


NAMES: Mapping[Key, str] = {
    Key.FILE: "文件",
    Key.INTEGRITY: "签名完整",
    Key.CERTIFICATION: "认证锁定",
    Key.COVERAGE: "覆盖全文",
    Key.TRUST: "证书来源",
    Key.VALIDITY: "证书有效期",
    Key.STAMP: "时间戳",
    Key.SIGNER: "签名人",
    Key.HASH: "登记校验值",
    Key.TWIN: "数据与文字",
    Key.STATE: "登记状态",
    Key.PLACE: "项目",
}
_USE = (Key.STATE, Key.PLACE)
"""Points that tell what a genuine report may be used for; every other one tells whether it is genuine."""


@dataclass(frozen=True)
class Point:
    """One thing that was looked at: whether it holds (None: could not be checked), why, and what to do."""

    key: Key
    ok: bool | None
    why: str
    advice: str = ""

    @property
    def name(self) -> str:
        """Return what the point is called."""
        return NAMES[self.key]


class Verdict(StrEnum):
    """What a check comes to."""

    GENUINE = "GENUINE"
    USED = "USED"
    NOT_GENUINE = "NOT_GENUINE"
    REFUSED = "REFUSED"
    UNCHECKED = "UNCHECKED"


EXITS: Mapping[Verdict, ExitCode] = {
    Verdict.GENUINE: ExitCode.DONE,
    Verdict.USED: ExitCode.DONE,
    Verdict.NOT_GENUINE: ExitCode.NOT_GENUINE,
    Verdict.REFUSED: ExitCode.REFUSED_BY_STATE,
    Verdict.UNCHECKED: ExitCode.UNCHECKED,
}
_GRAVEST = (
    ExitCode.NOT_GENUINE,
    ExitCode.REFUSED_BY_STATE,
    ExitCode.BAD_INPUT,
    ExitCode.UNCHECKED,
    ExitCode.DONE,
)


def fold(points: Sequence[Point], *, used: bool) -> Verdict:
    """Return what points come to; `used` says that the report was used for its project already."""
    failed = {point.key for point in points if point.ok is False}
    if failed.difference(_USE):
        return Verdict.NOT_GENUINE
    if failed:
        return Verdict.REFUSED
    if not any(point.key is Key.HASH and point.ok for point in points):
        return Verdict.UNCHECKED
    return Verdict.USED if used else Verdict.GENUINE


def gravest(exits: Iterable[ExitCode]) -> ExitCode:
    """Return the exit code of several files: a forgery before a refusal before what could not be read."""
    return min(exits, key=_GRAVEST.index, default=ExitCode.DONE)
