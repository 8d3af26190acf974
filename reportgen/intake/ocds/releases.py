"""The contracting processes of an OCDS file, each as one release: the compiled one, or the releases merged.

Source: OCDS 1.1, "Merging": releases by date, a later value replaces an earlier one, null removes it, items of a
list are matched by their id. Scalars stay text, so a sum never passes through a binary float.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

from reportgen.errors import Fault, ReportgenError
from reportgen.plain import read_plain

Release = dict[str, Any]


def is_ocds(path: Path) -> bool:
    """Say whether a file is JSON of releases or records; raises what reading it raises."""
    if path.suffix.lower() != ".json":
        return False
    data = read_plain(path).data
    return "ocid" in data or any(isinstance(data.get(name), list) for name in ("releases", "records"))


def processes_in(path: Path) -> dict[str, Release]:
    """Return the release of each contracting process by its ocid.

    Raises E0301 (repeated keys, no release with an ocid, no date where several are to be merged) and what
    `read_plain` raises.
    """
    plain = read_plain(path)
    if plain.faults:
        raise ReportgenError("E0301", path=str(path), faults=plain.faults)
    # Here null says something: it removes what an earlier release said.
    data = json.loads(path.read_text("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str)
    found: dict[str, list[Release]] = {}
    for release in _releases(data):
        found.setdefault(release["ocid"], []).append(release)
    if not found:
        what = "没有带 ocid 的 release，或记录只有链接而没有 compiledRelease"
        raise ReportgenError("E0301", path=str(path), faults=[Fault("E0301", "releases", what)])
    return {ocid: _compiled(ocid, releases, path) for ocid, releases in found.items()}


def mapping(value: object) -> Mapping[str, Any]:
    """Return a value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list, nothing where it is none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _releases(data: Mapping[str, Any]) -> Iterator[Release]:
    for record in [*items(data.get("records")), data]:
        compiled = record.get("compiledRelease")
        if isinstance(compiled, dict):
            release = {"ocid": record.get("ocid"), **compiled}
            listed = [release]
        else:
            listed = [dict(item) for item in items(record.get("releases"))]
        if not listed and record is data and "records" not in data:
            listed = [dict(data)]
        yield from (release for release in listed if _is_release(release))


def _is_release(release: Release) -> bool:
    return isinstance(release.get("ocid"), str) and any(
        name in release for name in ("tender", "planning", "parties")
    )


def _compiled(ocid: str, releases: list[Release], path: Path) -> Release:
    if len(releases) == 1:
        return releases[0]
    try:
        ordered = sorted(releases, key=_moment)
    except ValueError as error:
        what = f"{ocid} 有 {len(releases)} 个 release，须各有有效的 date，或给出 compiledRelease"
        raise ReportgenError("E0301", path=str(path), faults=[Fault("E0301", "releases", what)]) from error
    merged: Release = reduce(_merged, ordered)
    return merged


def _moment(release: Release) -> datetime:
    moment = datetime.fromisoformat(str(release.get("date")))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _merged(old: Any, new: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(old, dict) and isinstance(new, dict):
        kept = {key: value for key, value in old.items() if key not in new}
        told = {key: _merged(old.get(key), value) for key, value in new.items() if value is not None}
        return {**kept, **told}
    if isinstance(old, list) and isinstance(new, list) and _identified([*old, *new]):
        ours, theirs = ({item["id"]: item for item in listed} for listed in (old, new))
        return [_merged(ours.get(name), theirs.get(name, ours.get(name))) for name in {**ours, **theirs}]
    return new


def _identified(listed: list[Any]) -> bool:
    return all(isinstance(item, dict) and isinstance(item.get("id"), str) for item in listed)
