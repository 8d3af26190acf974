"""The strict loader of rule packs: refuses what a lawyer could misread, with file and line.

Refused: unknown and repeated keys, a value that cites nothing known, a citation that nothing cites,
overlapping dates, a gate or statement of law on a citation that is not verified and re-checked.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError

from reportgen.errors import Fault, ReportgenError
from reportgen.plain import Plain, read_plain
from reportgen.policy.model import Citation, Policy, PolicyPack, Values
from reportgen.project.model import Matter, Project

PACKS = Path(__file__).resolve().parent / "packs"
CITATIONS = "citations.yaml"
_NATIONAL = "100000"


@cache
def load_pack(path: Path) -> tuple[PolicyPack, str]:
    """Return a pack and the SHA-256 of its values and the citations it uses; raises E0309."""
    plain = read_plain(path)
    shelf = read_plain(path.parent / CITATIONS)
    used = set(_cites(plain.data))
    own = plain.data.get("citations", {})
    known = {**shelf.data.get("citations", {}), **own}
    faults = [
        _fault(path, plain, place, f"没有引据 {cite}")
        for place, cite in _cited(plain.data)
        if cite not in known
    ]
    faults += [
        _fault(path, plain, f"citations.{cite}", "没有任何值引用它") for cite in own if cite not in used
    ]
    faults += [Fault("E0309", f"{path.name}:{fault.path}", fault.what) for fault in plain.faults]
    faults += [Fault("E0309", f"{CITATIONS}:{fault.path}", fault.what) for fault in shelf.faults]
    data = {**plain.data, "citations": {cite: known[cite] for cite in sorted(used) if cite in known}}
    pack = None
    try:
        pack = PolicyPack.model_validate(data)
        faults += [_fault(path, plain, place, what) for place, what in _dated_faults(pack)]
    except ValidationError as error:
        details = error.errors(include_url=False)
        faults += [_fault(path, plain, ".".join(map(str, d["loc"])), d["msg"]) for d in details]
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

    The most local pack that names the matter wins; the national base stands behind all regions.
    """
    day = project.judged_on
    regions = [project.region, project.region[:4] + "00", project.region[:2] + "0000", _NATIONAL]
    packs = [load_pack(path) for path in pack_paths(folder)]
    for region in dict.fromkeys(regions):
        for pack, sha256 in packs:
            if pack.region == region and project.matter in pack.matters:
                return _on(pack, sha256, day, project.matter)
    raise ReportgenError("E0310", path="project", region=project.region, matter=project.matter, on=day)


def _on(pack: PolicyPack, sha256: str, day: date, matter: Matter) -> Policy:
    try:
        return pack.on(day, sha256)
    except KeyError as error:
        raise ReportgenError("E0310", path="project", region=pack.region, matter=matter, on=day) from error


def _sha256(pack: PolicyPack) -> str:
    text = json.dumps(pack.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _cited(data: object, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key in {"cite", "also"}:
                cites = value if isinstance(value, list) else [value]
                yield from ((f"{place}.{key}".removeprefix("."), str(cite)) for cite in cites)
            else:
                yield from _cited(value, f"{place}.{key}".removeprefix("."))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _cited(item, f"{place}[{index}]")


def _cites(data: object) -> list[str]:
    return [cite for _, cite in _cited(data)]


def _dated_faults(pack: PolicyPack) -> Iterator[tuple[str, str]]:
    for name in Values.model_fields:
        items = sorted(getattr(pack.values, name), key=lambda item: item.since)
        for earlier, later in pairwise(items):
            if earlier.until is None or earlier.until >= later.since:
                yield f"values.{name}", f"日期重叠：{earlier.since} 起与 {later.since} 起"
    for group in ("gates", "rights", "statements"):
        for index, rule in enumerate(getattr(pack, group)):
            for cite in (rule.cite, *getattr(rule, "also", ())):
                yield from _ground_faults(pack.citations[cite], cite, f"{group}[{index}].cite", group)


def _ground_faults(citation: Citation, cite: str, place: str, group: str) -> Iterator[tuple[str, str]]:
    if citation.own and group != "statements":
        yield place, "否决项不得以本机构设定为据"
    if not citation.own and not citation.printable:
        yield place, f"引据 {cite} 未经核实与复核，不得作为依据"


def _fault(path: Path, plain: Plain, place: str, what: str) -> Fault:
    line = plain.lines.get(place)
    return Fault("E0309", f"{path.name}:{line}" if line else f"{path.name}:{place}", f"{place}：{what}")
