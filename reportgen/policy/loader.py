"""The strict loader of rule packs: refuses what a lawyer could misread, with file and line.

Refused: unknown and repeated keys, a value that cites nothing known, a citation that nothing cites,
overlapping dates, a gate, right, switch, measure or statement on a citation that is not verified and re-checked,
a gate on less than a national rule, a pack's own citation that poses as law or hides one of the shelf,
and a released pack that was changed afterwards.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError

from reportgen.errors import Fault, ReportgenError
from reportgen.faults import faults_of
from reportgen.plain import Plain, child, read_plain
from reportgen.policy.citation import OWN, Citation, Dated, SourceKind
from reportgen.policy.model import RULES, Policy, PolicyPack
from reportgen.policy.values import OPTIONAL, Values
from reportgen.project.model import Project

PACKS = Path(__file__).resolve().parent / "packs"
CITATIONS = "citations.yaml"
RELEASED = "released.json"
_NATIONAL = "100000"
_CODE = re.compile("[0-9]{6}")
_LEGAL = {"gates": "否决项", "rights": "法定资质要求"}
_FOREIGN = {"switches": "地方选用规则", "measures": "联合奖惩措施", "recognises": "互认"}
_UNPRINTED = {"withholdings"}
"""What only auditor and subject see; there an unverified citation says that it is one."""
_TWICE = "所依据的基础规则包已有同名的引据"
_BINDING = {SourceKind.LAW, SourceKind.REGULATION, SourceKind.RULE, SourceKind.JUDICIAL}


@cache
def load_pack(path: Path) -> tuple[PolicyPack, str]:
    """Return a pack joined with its base, and the SHA-256 of its values and citations; raises E0309."""
    files = _Files(path, read_plain(path), read_plain(path.parent / CITATIONS))
    pack = _validated(files)
    if pack.base:
        base, _ = load_pack(_base(files, pack.base))
        files.refuse((child("citations", cite), _TWICE) for cite in files.own if cite in base.citations)
        pack = pack.upon(base)
    sha256 = _sha256(pack)
    files.refuse(_whole_faults(pack, path, sha256))
    return pack, sha256


def _validated(files: "_Files") -> PolicyPack:
    faults = [*files.faults(), *_citation_faults(files)]
    pack = None
    try:
        pack = PolicyPack.model_validate(files.joined())
        faults += [files.fault(place, what) for place, what in _rule_faults(pack)]
    except ValidationError as error:
        faults += [files.fault(fault.path, fault.what) for fault in faults_of(error)]
    if pack is None or faults:
        raise ReportgenError("E0309", path=str(files.path), faults=faults)
    return pack


def _base(files: "_Files", name: str) -> Path:
    path = _by_stem(files.path.parent).get(name)
    if path is not None and files.path not in _bases(path):
        return path
    why = f"{name} 又以本规则包为基础" if path else f"没有规则包 {name}"
    raise ReportgenError("E0309", path=str(files.path), faults=[files.fault("base", why)])


def _bases(path: Path | None) -> list[Path]:
    """Return a pack and the packs below it, each once."""
    found: list[Path] = []
    while path is not None and path not in found:
        found.append(path)
        path = _by_stem(path.parent).get(str(read_plain(path).data.get("base", "")))
    return found


def _by_stem(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in pack_paths(folder)}


def released(folder: Path = PACKS) -> dict[str, str]:
    """Return the SHA-256 of the packs of a folder that were released, by the stem of their file."""
    path = folder / RELEASED
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def shelf(folder: Path = PACKS) -> dict[str, Citation]:
    """Return the citations of a folder's shelf by id; raises E0309 naming every faulty one."""
    path = folder / CITATIONS
    plain, found, faults = read_plain(path), {}, []
    for cite, entry in _mapping(plain).items():
        try:
            found[cite] = Citation.model_validate(entry)
        except ValidationError as error:
            places = [(child(child("citations", cite), fault.path), fault.what) for fault in faults_of(error)]
            faults += [_fault(CITATIONS, plain, place, what) for place, what in places]
    if faults:
        raise ReportgenError("E0309", path=str(path), faults=faults)
    return found


def uses(path: Path) -> dict[str, list[str]]:
    """Return by citation the places, as `file:line path`, where a pack's own file names it."""
    plain = read_plain(path)
    found: dict[str, list[str]] = {}
    for place, cite in _cited(plain.data):
        found.setdefault(cite, []).append(f"{path.name}:{plain.line(place) or ''} {place}")
    return found


def unused_citations(folder: Path = PACKS) -> list[str]:
    """Return the ids of citations that no pack of the folder uses."""
    shelved = read_plain(folder / CITATIONS).data.get("citations", {})
    return sorted(set(shelved) - {cite for path in pack_paths(folder) for cite in uses(path)})


def find_pack(name: str, folder: Path = PACKS) -> Path:
    """Return the file of a pack: by its path, or the newest release of its name; raises E0341.

    A name of a file without its folder, such as `national.yaml`, is also looked for among the packs.
    """
    if name.endswith(".yaml"):
        found = [path for path in (Path(name), folder / name) if path.is_file()]
    else:
        packs = {path: load_pack(path)[0] for path in pack_paths(folder)}
        releases = [path for path, pack in packs.items() if pack.name == name]
        found = sorted(releases, key=lambda path: packs[path].released, reverse=True)
    if not found:
        known = "、".join(dict.fromkeys(load_pack(path)[0].name for path in pack_paths(folder)))
        raise ReportgenError("E0341", path=name, name=name, known=known)
    return found[0]


def pack_paths(folder: Path = PACKS) -> list[Path]:
    """Return the pack files of a folder in the order of their names."""
    return sorted(path for path in folder.glob("*.yaml") if path.name != CITATIONS)


def some_packs(folder: Path) -> list[Path]:
    """Return the same; raises E0302 where there is none."""
    if not pack_paths(folder):
        raise ReportgenError("E0302", path=str(folder), file=f"{folder}/*.yaml", detail="不存在")
    return pack_paths(folder)


def select(project: Project, folder: Path = PACKS, *, known_at: date | None = None) -> Policy:
    """Return the policy for a project's region, matter and date; raises E0310 where there is none.

    The most local pack that names the matter and has values for the day wins; the national base stands
    behind all regions. Of several releases the newest counts, or the newest that was out on `known_at`.
    """
    day = project.judged_on
    for pack, sha256 in most_local_first(project.region, folder):
        out = known_at is None or pack.released <= known_at
        if out and project.matter in pack.matters:
            with suppress(KeyError):
                return pack.on(day, sha256)
    released_by = f"（只计 {known_at} 及以前发布的）" if known_at else ""
    raise ReportgenError(
        "E0310", path="project", region=project.region, matter=project.matter, on=day, known=released_by
    )


def most_local_first(region: str, folder: Path = PACKS) -> Iterator[tuple[PolicyPack, str]]:
    """Yield the packs that hold in a region with their SHA-256, the most local first, of each the newest first."""
    places = around(region)
    holding = (load_pack(path) for path in pack_paths(folder) if _region(path) in places)
    packs = sorted(holding, key=lambda item: item[0].released, reverse=True)
    for code in places:
        yield from ((pack, sha256) for pack, sha256 in packs if pack.region == code)


def around(region: str) -> tuple[str, ...]:
    """Return the regions whose rules hold in a region, the most local first: itself, city, province, the nation."""
    return tuple(dict.fromkeys((region, region[:4] + "00", region[:2] + "0000", _NATIONAL)))


@cache
def _region(path: Path) -> str:
    """Return the region that a pack's file names: a pack is read with all its law only where it may hold."""
    region = str(read_plain(path).data.get("region"))
    return region if _CODE.fullmatch(region) else load_pack(path)[0].region


def _sha256(pack: PolicyPack) -> str:
    text = json.dumps(
        pack.model_dump(mode="json", exclude_defaults=True),
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
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
                yield _fault(name, plain, "citations", "应为键值表")

    def fault(self, place: str, what: str) -> Fault:
        """Return a fault at a place of the joined pack."""
        group, _, rest = place.partition(".")
        cite = rest.partition(".")[0]
        if group == "citations" and cite in self.shelved and cite not in self.own:
            return _fault(CITATIONS, self.shelf, place, what)
        return _fault(self.path.name, self.pack, place, what)

    def refuse(self, faults: Iterable[tuple[str, str]]) -> None:
        """Raise E0309 where there are faults."""
        found = [self.fault(place, what) for place, what in faults]
        if found:
            raise ReportgenError("E0309", path=str(self.path), faults=found)


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
    for group in RULES:
        for index, rule in enumerate(getattr(pack, group)):
            place = f"{group}[{index}]"
            yield from _ground_faults(pack, rule.cite, f"{place}.cite", group)
            for number, cite in enumerate(getattr(rule, "also", ())):
                yield from _ground_faults(pack, cite, f"{place}.also[{number}]", group)


def _whole_faults(pack: PolicyPack, path: Path, sha256: str) -> Iterator[tuple[str, str]]:
    for name in Values.model_fields:
        if name not in OPTIONAL and not getattr(pack.values, name):
            yield f"values.{name}", "没有值，所依据的基础规则包也没有"
    for group in RULES:
        seen: set[str] = set()
        for index, rule in enumerate(getattr(pack, group)):
            name = getattr(rule, "id", "")
            if name and name in seen:
                yield f"{group}[{index}].id", f"id {name} 重复"
            seen.add(name)
    if released(path.parent).get(path.stem, sha256) != sha256:
        yield "name", f"已发布的规则包不得改动（{RELEASED} 记录的哈希不同），请另立新版"


def _overlaps(name: str, series: Iterable[Dated[object]]) -> Iterator[tuple[str, str]]:
    for earlier, later in pairwise(sorted(series, key=lambda item: item.since)):
        if earlier.until is None or earlier.until >= later.since:
            yield f"values.{name}", f"日期重叠：{earlier.since} 起与 {later.since} 起"


def _ground_faults(pack: PolicyPack, cite: str, place: str, group: str) -> Iterator[tuple[str, str]]:
    citation = pack.citations.get(cite)
    if citation is None:
        # An unknown citation has been told already.
        return
    if group in _LEGAL and citation.kind not in _BINDING:
        yield place, f"{_LEGAL[group]}不得以{OWN if citation.own else citation.kind.label}为据"
    if citation.own and group in _FOREIGN:
        yield place, f"{_FOREIGN[group]}不得以{OWN}为据"
    if not citation.own and not citation.printable and group not in _UNPRINTED:
        yield place, f"引据 {cite} 未经核实与复核，不得作为依据"
