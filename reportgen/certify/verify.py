"""The check of a file: what its signature says, what a book says of it, what it says of itself, and the verdict.

It asks no database and no clock; books, roots and the moment are handed in. docs/verification.md says what
each point means and what no check can know.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from reportgen.certify import points
from reportgen.certify.facts import BESIDE, REPORT, Asked, RegisterFacts, Source, Trust
from reportgen.certify.folding import EXITS, Key, Point, Verdict, fold
from reportgen.certify.inspection import Coverage, Seen, Unreadable, inspect
from reportgen.certify.likeness import Likeness, Place, compare
from reportgen.errors.entry import ExitCode

_SAMPLE = "样例（测试证书签署，没有效力）："


@dataclass(frozen=True)
class Verification:
    """What a check found: every point, the verdict, and one sentence that says it.

    `number` is the report's where it is known; `sample` says that the certificate is a test one.
    """

    sha256: str
    number: str
    points: tuple[Point, ...]
    verdict: Verdict
    sentence: str
    sample: bool

    @property
    def exit_code(self) -> ExitCode:
        """Return the exit code of the verdict."""
        return EXITS[self.verdict]


@dataclass(frozen=True)
class Examined:
    """What a file says by itself, before any book is asked; its data are read where somebody trusted signed."""

    sha256: str
    signature: Seen | Unreadable
    likeness: Likeness | None


@dataclass(frozen=True)
class _Found:
    """What was found, before it is judged; `held`: the book holds exactly these bytes."""

    signature: Seen | Unreadable
    likeness: Likeness | None
    register: RegisterFacts | None
    held: bool

    @property
    def kind(self) -> str:
        """Return what kind of document it is: by the book, else by its own word."""
        if self.held and self.register is not None:
            return self.register.kind
        return self.likeness.kind if self.likeness else REPORT

    @property
    def own(self) -> Place | None:
        """Return the project that the report is for: by the book, else by its own word."""
        if self.kind != REPORT:
            return None
        if self.held and self.register is not None and self.register.project:
            return Place(self.register.project, self.register.round, self.register.lot)
        return self.likeness.place if self.likeness else None

    @property
    def beyond(self) -> str:
        """Return why a manifest can know nothing of a report that somebody trusted signed; nothing where it can."""
        book, own = self.register, self.likeness.place if self.likeness else None
        if book is None or book.source is Source.REGISTER or book.number:
            return ""
        if self.kind != REPORT:
            return f"只载项目 {_covered(book)} 的信用报告"
        if own is None:
            return ""
        if (own.project, own.round) != (book.project, book.round) or (book.lots and own.lot not in book.lots):
            return f"只载项目 {_covered(book)} 的报告"
        stamp = self.signature.stamp if isinstance(self.signature, Seen) else None
        if stamp is not None and stamp.trusted and stamp.at > book.as_of:
            return f"截止于 {book.as_of:%Y-%m-%d %H:%M}，报告签署在后"
        return ""


def verify(
    data: bytes, *, trust: Trust, register: RegisterFacts | None, asked: Asked | None, at: datetime
) -> Verification:
    """Return what a file is worth at a moment (local to Asia/Shanghai); whatever is wrong with it is a point."""
    return judge(data, examine(data, trust, at), register, asked, at)


def examine(data: bytes, trust: Trust, at: datetime) -> Examined:
    """Return what a file says by itself: the greater part of a check, which needs no book."""
    signature = inspect(data, trust, at)
    likeness = compare(data) if _vouched(signature) else None
    return Examined(hashlib.sha256(data).hexdigest(), signature, likeness)


def judge(
    data: bytes, said: Examined, register: RegisterFacts | None, asked: Asked | None, at: datetime
) -> Verification:
    """Return what a file is worth by what it says itself and by what a book says of it."""
    held = register is not None and register.sha256 == said.sha256
    likeness = compare(data) if held and said.likeness is None else said.likeness
    found = _Found(said.signature, likeness, register, held)
    told = tuple(_points(found, asked, at))
    verdict = fold(told, used=held and register is not None and register.used)
    sample = isinstance(said.signature, Seen) and said.signature.test
    return Verification(
        said.sha256,
        _number(found),
        told,
        verdict,
        (_SAMPLE if sample else "") + _sentence(verdict, told, asked, found),
        sample,
    )


def _vouched(signature: Seen | Unreadable) -> bool:
    """Say whether somebody who is trusted signed the whole file; a stranger's content is not even unpacked."""
    return (
        isinstance(signature, Seen)
        and bool(signature.chain)
        and signature.intact
        and signature.coverage is Coverage.WHOLE
    )


def _points(found: _Found, asked: Asked | None, at: datetime) -> Iterator[Point]:
    yield from points.signature(found.signature, at, held=found.held)
    if isinstance(found.signature, Seen):
        yield points.signer(found.signature.signer, _agency(found))
    yield points.digest(found.register, held=found.held, beyond=found.beyond)
    yield points.twin(found.likeness)
    yield points.state(found.register, at.date(), held=found.held)
    yield points.place(found.own, asked, found.kind)


def _agency(found: _Found) -> str:
    """Return the name that the signer must bear.

    An agency may change its name: a report that the book holds is compared with the name that it prints.
    """
    book = found.register.agency if found.register else ""
    own = found.likeness.agency if found.likeness else ""
    return own if own and (found.held or not book) else book


def _number(found: _Found) -> str:
    if found.held and found.register is not None:
        return found.register.number
    return found.likeness.number if found.likeness else ""


def _covered(book: RegisterFacts) -> Place:
    return Place(book.project, book.round, "、".join(book.lots))


def _sentence(verdict: Verdict, told: tuple[Point, ...], asked: Asked | None, found: _Found) -> str:
    first = next((point for point in told if point.ok is False), None)
    if first is not None:
        return f"{'不真实' if verdict is Verdict.NOT_GENUINE else '不得使用'}：{first.why}"
    if verdict is Verdict.UNCHECKED:
        return f"不能认定真实：签名未见改动，但{next(point.why for point in told if point.key is Key.HASH)}"
    state = found.register.state if found.register is not None else ""
    if state in BESIDE:
        return f"真实：{state}，{BESIDE[state]}"
    if found.kind != REPORT:
        return f"真实：{found.kind}，在有效期内可重复使用"
    where = "本项目" if asked else "所载项目"
    return f"真实，{'已' if verdict is Verdict.USED else '可'}用于{where}"
