"""The strict loader of rule packs: refuses what a lawyer could misread, with file and line.

Refused: unknown and repeated keys, a value that cites nothing known, a citation that nothing cites,
overlapping dates, a gate or statement of law on a citation that is not verified and re-checked, a
pack's own citation that poses as law or hides one of the shelf.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError

from reportgen.errors import Fault, ReportgenError
from reportgen.faults import faults_of
from reportgen.plain import Plain, child, read_plain
from reportgen.policy.model import OWN, Dated, Policy, PolicyPack, SourceKind, Values
from reportgen.project.model import Project

PACKS = Path(__file__).resolve().parent / "packs"
CITATIONS = "citations.yaml"
_NATIONAL = "100000"
_LEGAL = {"gates": "否决项", "rights": "法定资质要求"}


@cache
def load_pack(path: Path) -> tuple[PolicyPack, str]:
    """Return a pack and the SHA-256 of its values and the citations it uses; raises E0309."""
    files = _Files(path, read_plain(path), read_plain(path.parent / CITATIONS))
    faults = [*files.faults(), *_citation_faults(files)]
    pack = None
    try:
        pack = PolicyPack.model_validate(files.joined())
        faults += [files.fault(place, what) for place, what in _rule_faults(pack)]
    except ValidationError as error:
        faults += [files.fault(fault.path, fault.what) for fault in faults_of(error)]
    if pack is None or faults:
        raise ReportgenError("E0309", path=str(path), faults=faults)
    return pack, _sha256(pack)


def unused_citations(folder: Path = PACKS) -> list[str]:
    """Return the ids of citations that no pack of the folder uses."""
    shelf = read_plain(folder / CITATIONS).data.get("citations", {})
    used = {cite for path in pack_paths(folder) for cite in _cites(read_plain(path).data)}
    return sorted(set(shelf) - used)


def pack_paths(folder: Path = PACKS) -> list[Path]:
    """Return the pack files of a folder in the order of their names."""
    return sorted(path for path in folder.glob("*.yaml") if path.name != CITATIONS)


def select(project: Project, folder: Path = PACKS) -> Policy:
    """Return the policy for a project's region, matter and date; raises E0310 where there is none.

    The most local pack that names the matter and has values for the day wins; the national base stands
    behind all regions.
    """
    day = project.judged_on
    regions = [project.region, project.region[:4] + "00", project.region[:2] + "0000", _NATIONAL]
    packs = [load_pack(path) for path in pack_paths(folder)]
    for region in dict.fromkeys(regions):
        for pack, sha256 in packs:
            if pack.region == region and project.matter in pack.matters:
                with suppress(KeyError):
                    return pack.on(day, sha256)
    raise ReportgenError("E0310", path="project", region=project.region, matter=project.matter, on=day)


def _sha256(pack: PolicyPack) -> str:
    text = json.dumps(pack.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _cited(data: object, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            below = child(place, key)
            if key == "cite":
                yield below, str(value)
            elif key == "also" and isinstance(value, list):
                yield from ((child(below, index), str(cite)) for index, cite in enumerate(value))
            else:
                yield from _cited(value, below)
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _cited(item, child(place, index))


def _cites(data: object) -> list[str]:
    return [cite for _, cite in _cited(data)]


@dataclass(frozen=True)
class _Files:
    """A pack's file and the shelf of citations beside it, for faults with file and line."""

    path: Path
    pack: Plain
    shelf: Plain

    @property
    def own(self) -> dict[str, object]:
        return _mapping(self.pack)

    @property
    def shelved(self) -> dict[str, object]:
        return _mapping(self.shelf)

    def joined(self) -> dict[str, object]:
        """Return the pack with the citations it uses, its own and the shelf's."""
        known = {**self.own, **self.shelved}
        used = sorted(set(_cites(self.pack.data)))
        return {**self.pack.data, "citations": {cite: known[cite] for cite in used if cite in known}}

    def faults(self) -> Iterator[Fault]:
        """Yield what was wrong before any value was looked at."""
        for name, plain in ((self.path.name, self.pack), (CITATIONS, self.shelf)):
            yield from (Fault("E0309", f"{name}:{fault.path}", fault.what) for fault in plain.faults)
            if not isinstance(plain.data.get("citations", {}), dict):
                yield self._fault(name, plain, "citations", "应为键值表")

    def fault(self, place: str, what: str) -> Fault:
        """Return a fault at a place of the joined pack."""
        group, _, rest = place.partition(".")
        cite = rest.partition(".")[0]
        if group == "citations" and cite in self.shelved and cite not in self.own:
            return self._fault(CITATIONS, self.shelf, place, what)
        return self._fault(self.path.name, self.pack, place, what)

    @staticmethod
    def _fault(name: str, plain: Plain, place: str, what: str) -> Fault:
        return Fault("E0309", f"{name}:{plain.line(place) or place}", f"{place}：{what}")


def _mapping(plain: Plain) -> dict[str, object]:
    found = plain.data.get("citations", {})
    return found if isinstance(found, dict) else {}


def _citation_faults(files: _Files) -> Iterator[Fault]:
    cited = list(_cited(files.pack.data))
    used, own, shelved = {cite for _, cite in cited}, files.own, files.shelved
    for place, cite in cited:
        if cite not in own and cite not in shelved:
            yield files.fault(place, f"没有引据 {cite}")
    for cite, entry in own.items():
        place = child("citations", cite)
        if cite in shelved:
            yield files.fault(place, f"{CITATIONS} 已有同名的引据")
        elif cite not in used:
            yield files.fault(place, "没有任何值引用它")
        if isinstance(entry, dict) and entry.get("kind") != SourceKind.OWN:
            yield files.fault(place, f"规则包自带的引据只能是 own（{OWN}），法律法规写入 {CITATIONS}")


def _rule_faults(pack: PolicyPack) -> Iterator[tuple[str, str]]:
    for name in Values.model_fields:
        yield from _overlaps(name, getattr(pack.values, name))
    for group in ("gates", "statements"):
        seen: set[str] = set()
        for index, rule in enumerate(getattr(pack, group)):
            if rule.id in seen:
                yield f"{group}[{index}].id", f"id {rule.id} 重复"
            seen.add(rule.id)
    for group in ("gates", "rights", "statements"):
        for index, rule in enumerate(getattr(pack, group)):
            place = f"{group}[{index}]"
            yield from _ground_faults(pack, rule.cite, f"{place}.cite", group)
            for number, cite in enumerate(getattr(rule, "also", ())):
                yield from _ground_faults(pack, cite, f"{place}.also[{number}]", group)


def _overlaps(name: str, series: Iterable[Dated[object]]) -> Iterator[tuple[str, str]]:
    for earlier, later in pairwise(sorted(series, key=lambda item: item.since)):
        if earlier.until is None or earlier.until >= later.since:
            yield f"values.{name}", f"日期重叠：{earlier.since} 起与 {later.since} 起"


def _ground_faults(pack: PolicyPack, cite: str, place: str, group: str) -> Iterator[tuple[str, str]]:
    citation = pack.citations.get(cite)
    if citation is None:
        # An unknown citation has been told already.
        return
    if citation.own and group in _LEGAL:
        yield place, f"{_LEGAL[group]}不得以{OWN}为据"
    if not citation.own and not citation.printable:
        yield place, f"引据 {cite} 未经核实与复核，不得作为依据"
