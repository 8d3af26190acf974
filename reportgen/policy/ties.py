"""Ties between applicants of one project, and which law speaks of them, by matter.

The law is only pointed at: whether a tie is what the law means is for the evaluation committee to find. A
citation that nobody verified and re-checked is never handed out.
"""

from collections.abc import Mapping
from enum import StrEnum

from reportgen.policy.citation import Citation
from reportgen.project.model import Matter


class Tie(StrEnum):
    """A fact by which two applicants of one project hang together."""

    MEMBER = "同一单位重复参加"
    REPRESENTATIVE = "法定代表人姓名相同"
    HOLDING = "一方持有另一方股权"
    CONTROLLER = "同一实际控制人"
    HOLDER = "同一股东"
    OFFICER = "任职人员姓名相同"
    POST = "任职人员在另一方任职"
    RELATED = "登记为关联方"
    PERSON = "所报人员姓名与证书相同"
    ADDRESS = "住所相同"


_TENDER, _PROCUREMENT = "bidding-regulation-34-2", "procurement-regulation-18-1"
_LAW: Mapping[Matter, Mapping[Tie, str]] = {
    Matter.WORKS_TENDER: {
        Tie.MEMBER: "bidding-regulation-37-3",
        Tie.REPRESENTATIVE: _TENDER,
        Tie.HOLDING: _TENDER,
    },
    Matter.GOVERNMENT_PROCUREMENT: {Tie.REPRESENTATIVE: _PROCUREMENT, Tie.HOLDING: _PROCUREMENT},
}
TIES = frozenset(cite for law in _LAW.values() for cite in law.values())
"""The citations of the shelf that ties are told with."""


def law_on(tie: Tie, matter: Matter, shelf: Mapping[str, Citation]) -> Citation | None:
    """Return the law that speaks of a tie in a matter; None where none was read, or nobody re-checked it."""
    cite = _LAW.get(matter, {}).get(tie)
    found = shelf.get(cite) if cite else None
    return found if found is not None and found.printable else None
