"""Following chains of events: what an event, a finding and an audit are, and the walk that finds a break.

Whoever changes the register without the key cannot write a hash that holds. So a hash that holds with
another place in the chain was moved; one that holds nowhere was altered or forged; a forged event whose
successor still hangs on its predecessor was put in between; a place without event was emptied.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from reportgen.errors import Fault, ReportgenError
from reportgen.registry.events import Link, event_hash

MOST = 1000
"""How many findings are named; more are counted only, so that a wrong key fills no memory."""
# A wrong key makes every event look forged: asking each of them for its place would take for ever.
_PLACES, _ASKED = 1000, 100


class What(StrEnum):
    """What was done to the register."""

    ALTERED = "内容被改动，或系伪造"
    REMOVED = "事件被删除"
    INSERTED = "插入了不属于此处的事件"
    REORDERED = "事件被调换位置"
    TRUNCATED = "末尾的事件被删除"
    ROW = "登记行的链尾或条数被改动"
    BARE = "登记行没有事件"
    ORPHAN = "事件没有登记行"
    ROLLED_BACK = "与签名的检查点不符"
    CHECKPOINT = "检查点被改动，或系伪造"


@dataclass(frozen=True)
class Finding:
    """One thing wrong with one event or row of a chain, in Chinese."""

    stream: str
    seq: int
    what: What
    detail: str = ""

    @property
    def place(self) -> str:
        """Return where it is wrong."""
        return f"{self.stream} 第 {self.seq} 条" if self.seq else self.stream

    @property
    def text(self) -> str:
        """Return what is wrong there."""
        return f"{self.what}：{self.detail}" if self.detail else str(self.what)


@dataclass(frozen=True)
class AuditResult:
    """What an audit found; `unnamed` counts the findings beyond those named.

    `digest` and `signed_at` (ISO 8601) are the last checkpoint's, both empty where there is none.
    """

    findings: tuple[Finding, ...]
    unnamed: int
    streams: int
    events: int
    checkpoints: int = 0
    digest: str = ""
    signed_at: str = ""

    @property
    def sound(self) -> bool:
        """Say whether nothing was found."""
        return not self.findings

    def require_sound(self) -> None:
        """Raise E0501, which names every finding, where anything was found."""
        if self.findings:
            detail = f"共 {len(self.findings) + self.unnamed} 处不符，列出 {len(self.findings)} 处"
            faults = [Fault("E0501", found.place, found.text) for found in self.findings]
            raise ReportgenError("E0501", detail=detail, faults=faults)


@dataclass
class Findings:
    """What was found so far, one finding per place, the first standing."""

    named: dict[tuple[str, int], Finding] = field(default_factory=dict)
    unnamed: int = 0

    @property
    def full(self) -> bool:
        """Say whether further findings are only counted."""
        return len(self.named) >= MOST

    def what(self, stream: str, seq: int) -> What | None:
        """Return what was found at a place."""
        found = self.named.get((stream, seq))
        return found.what if found else None

    def add(self, stream: str, seq: int, what: What, detail: str = "") -> None:
        """Name or count a finding."""
        if (stream, seq) in self.named:
            return
        if self.full:
            self.unnamed += 1
        else:
            self.named[stream, seq] = Finding(stream, seq, what, detail)

    def instead(self, stream: str, seq: int, what: What, detail: str = "") -> None:
        """Name a finding more exactly than before."""
        if self.named.pop((stream, seq), None) or not self.full:
            self.named[stream, seq] = Finding(stream, seq, what, detail)

    def sorted(self) -> tuple[Finding, ...]:
        """Return what is named, by chain and place."""
        return tuple(sorted(self.named.values(), key=lambda found: (found.stream, found.seq)))


class Walk:
    """Follows the events of all chains, those of one chain together and by `seq`, in constant memory."""

    def __init__(self, key: bytes, findings: Findings) -> None:
        self.streams = self.events = self.seq = 0
        self.stream = self.hash = ""
        self._key, self._findings = key, findings
        self._sound_before = True
        # The hash before a forged event: a successor that hangs on it shows that the event was put in.
        self._before_forged: str | None = None

    def step(self, link: Link, hash_: str) -> None:
        """Take the next event."""
        if link.stream != self.stream:
            self._begin(link.stream)
        self.events += 1
        self._place(link)
        self._link(link, genuine=event_hash(link, self._key) == hash_, hash_=hash_)
        self.seq, self.hash = link.seq, hash_

    def _begin(self, stream: str) -> None:
        self.streams += 1
        self.stream, self.seq, self.hash, self._before_forged = stream, 0, "", None
        self._sound_before = True

    def _place(self, link: Link) -> None:
        missing = link.seq - self.seq - 1
        if missing > 0:
            span = f"至第 {link.seq - 1} 条" if missing > 1 else ""
            self._findings.add(link.stream, self.seq + 1, What.REMOVED, f"缺第 {self.seq + 1} 条{span}")
        elif missing < 0:
            self._findings.add(link.stream, link.seq, What.INSERTED, "序号不是接续的")

    def _link(self, link: Link, hash_: str, *, genuine: bool) -> None:
        before, self._before_forged = self._before_forged, None
        if link.previous == before:
            self._findings.instead(link.stream, self.seq, What.INSERTED, "其后一条接在其前一条之后")
        if not genuine:
            self._forged(link, hash_)
        elif link.seq == self.seq + 1 and link.previous != self.hash and self._sound_before:
            self._findings.add(link.stream, link.seq, What.ALTERED, "所接的不是现存的前一条")
        self._sound_before = genuine

    def _forged(self, link: Link, hash_: str) -> None:
        origin = self._origin(link, hash_) if len(self._findings.named) < _ASKED else None
        if origin is not None:
            self._findings.add(link.stream, link.seq, What.REORDERED, f"原为第 {origin} 条")
            return
        self._findings.add(link.stream, link.seq, What.ALTERED, "散列值与内容不符")
        self._before_forged = self.hash

    def _origin(self, link: Link, hash_: str) -> int | None:
        places = range(1, _PLACES)
        return next((seq for seq in places if event_hash(link._replace(seq=seq), self._key) == hash_), None)
