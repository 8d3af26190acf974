"""What is to be said of a folder of packs beyond what the loader refuses: gaps, open citations, fairness."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from reportgen.errors import Fault, ReportgenError
from reportgen.plain import read_plain
from reportgen.policy.citation import Citation, Dated
from reportgen.policy.fairness import GROUNDS, FairCheck, Outcome, self_check
from reportgen.policy.loader import load_pack, pack_paths, released, shelf, some_packs, unused_citations, uses
from reportgen.policy.model import PolicyPack
from reportgen.policy.sheet import turns
from reportgen.policy.ties import TIES
from reportgen.policy.values import Values
from reportgen.policy.wording import SERIES
from reportgen.subject.base import Date, Identifier, Model, Text


class PackReview(Model):
    """A pack that loads: its dates, what is to be remarked on them, and its 公平竞争自查 on every day it changes.

    `complete_from` is the first day with every value; None where no day has them all.
    """

    file: Text
    name: Identifier
    title: Text
    released: Date
    registered: bool
    complete_from: Date | None
    remarks: tuple[str, ...]
    fairness: tuple[FairCheck, ...]

    @property
    def failures(self) -> tuple[FairCheck, ...]:
        """Return the checks that the pack fails."""
        return tuple(check for check in self.fairness if check.outcome is Outcome.FAILED)


class OpenCitation(Model):
    """A citation in use that nobody verified, and where it is used; it is never printed as law."""

    id: Identifier
    label: Text
    places: tuple[str, ...]


class Review(Model):
    """What a folder of packs looks like: the faults of those refused, and remarks on the others."""

    faults: tuple[Fault, ...]
    packs: tuple[PackReview, ...]
    unverified: tuple[OpenCitation, ...]
    read_once: tuple[Identifier, ...]
    unused: tuple[Identifier, ...]


def review(folder: Path) -> Review:
    """Load every pack of a folder and say what was found; raises E0302 where it holds no pack or no citations."""
    paths, packs = some_packs(folder), []
    citations, faults = _shelf(folder)
    for path in paths:
        try:
            packs.append(_pack(path))
        except ReportgenError as error:
            faults += _faults(error)
    # Where a file cannot be read, nobody knows what it uses.
    readable = all(fault.code == "E0309" for fault in faults)
    unused = set(unused_citations(folder)) - GROUNDS - TIES if readable else set()
    return Review(
        faults=tuple(dict.fromkeys(faults)),
        packs=tuple(packs),
        unverified=tuple(_unverified(paths, citations)) if readable else (),
        read_once=tuple(sorted(n for n, c in citations.items() if c.verified and c.rechecked_on is None)),
        unused=tuple(sorted(unused)),
    )


def _shelf(folder: Path) -> tuple[dict[str, Citation], list[Fault]]:
    try:
        return shelf(folder), []
    except ReportgenError as error:
        if not error.faults:
            raise
        return {}, _faults(error)


def _faults(error: ReportgenError) -> list[Fault]:
    return list(error.faults) or [Fault(error.code, error.path, error.entry.what)]


def _pack(path: Path) -> PackReview:
    pack, sha256 = load_pack(path)
    days = turns(pack)
    checks = [check for day in days for check in self_check(pack.on(day, sha256))]
    return PackReview(
        file=path.name,
        name=pack.name,
        title=pack.title,
        released=pack.released,
        registered=path.stem in released(path.parent),
        complete_from=days[0] if days else None,
        remarks=tuple(_remarks(path, pack)),
        fairness=_distinct(checks),
    )


def _distinct(checks: list[FairCheck]) -> tuple[FairCheck, ...]:
    """Return what was found on any day once, then the checks that passed on every day."""
    found = dict.fromkeys(check for check in checks if check.outcome is not Outcome.PASSED)
    named = {check.id for check in found}
    passed = {check.id: check for check in checks if check.id not in named}
    return (*found, *passed.values())


def _remarks(path: Path, pack: PolicyPack) -> Iterator[str]:
    data = read_plain(path).data
    stated = data.get("values", {})
    for name in Values.model_fields:
        if name in stated:
            yield from (f"{SERIES[name]}（{name}）{gap}" for gap in _gaps(getattr(pack.values, name)))
    if "gates" in data:
        yield from _early_gates(pack)
    if pack.base:
        base, _ = load_pack(path.with_name(f"{pack.base}.yaml"))
        if base.released > pack.released:
            yield f"发布早于所依据的 {pack.base}（{base.released}）：按当时所知选用的报告不应依据后来的规则"
    same = [
        other.name for other in pack_paths(path.parent) if other != path and _release(other) == _release(path)
    ]
    if same:
        yield f"与 {'、'.join(same)} 同名且同日发布：不知以哪一件为准"


def _release(path: Path) -> tuple[object, object]:
    data = read_plain(path).data
    return data.get("name"), data.get("released")


def _gaps(series: tuple[Dated[object], ...]) -> Iterator[str]:
    ordered = sorted(series, key=lambda item: item.since)
    for earlier, later in pairwise(ordered):
        ends = (earlier.until or later.since) + timedelta(1)
        if ends < later.since:
            yield f"{ends} 至 {later.since - timedelta(1)} 没有值"
    if ordered and ordered[-1].until:
        yield f"{ordered[-1].until} 之后没有值"


def _early_gates(pack: PolicyPack) -> Iterator[str]:
    first, days = min((gate.since for gate in pack.gates), default=None), turns(pack)
    if first and days and first < days[0]:
        yield f"否决项自 {first} 起，各值自 {days[0]} 起才齐备：其间截止的项目没有适用的规则包"


def _unverified(paths: list[Path], citations: dict[str, Citation]) -> Iterator[OpenCitation]:
    places: dict[str, list[str]] = {}
    for path in paths:
        for cite, found in uses(path).items():
            places.setdefault(cite, []).extend(found)
    for cite in sorted(places):
        citation = citations.get(cite)
        if citation is not None and not citation.printable and not citation.own:
            yield OpenCitation(id=cite, label=citation.label(), places=tuple(places[cite]))
