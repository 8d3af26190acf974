"""Changed facts (推演): the small language in which a what-if and a sentence case say what differs.

A change is written with paths: `subject.people.manager.engaged_on` is a field of the fact `manager`,
`partner.…` the same of the second member, `partner2.…` of the third, `project.requirements.safety.hard`
a field of a requirement, `project.lots.A.…` what stands in a lot. The changes are made in this order:

    drop   [path, …]                remove facts or requirements
    add    path: [{…}, …]           add facts or requirements; `like: id` starts from a copy
    times  path: {of: n, …}         add n equal items; `{n}` in the id is their number
    set    path: value              change a field, or add it
    unset  [path, …]                take a field away
    open   [subject.people, …]      the list of that collection is no longer complete

Nothing is passed over: a key that is not of the language, a path that leads nowhere, an id that is
there already are faults with their place and line, and all of them are told at once.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from reportgen.errors import Fault, ReportgenError
from reportgen.faults import faults_of
from reportgen.plain import Plain, child, read_plain
from reportgen.project.applicant import Applicant
from reportgen.project.model import Project
from reportgen.subject.base import Model
from reportgen.subject.model import COLLECTIONS, Subject
from reportgen.subject.records import RECORD_LISTS

_M = TypeVar("_M", bound=Model)
Data = dict[str, Any]
PROJECT = "project"
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_SHOWN = 8
_COUNT = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Patch:
    """Changes as written: `given` stands at the path `root` of a file, whose lines `plain` knows.

    `others` are keys beside the verbs that somebody else reads.
    """

    given: Mapping[str, Any]
    file: str = ""
    plain: Plain = field(default_factory=lambda: Plain({}))
    root: str = ""
    others: frozenset[str] = frozenset()

    def apply(self, data: Data) -> Data:
        """Return `data`, members and project by name, as changed; raises E0313 with every fault."""
        changed = deepcopy(data)
        faults = [*self._alien(), *self._empty()]
        for verb, act in VERBS.items():
            for place, path, value in self._asked(verb, faults):
                try:
                    act(changed, path, value)
                except _AstrayError as error:
                    faults.append(self._fault("E0313", place, str(error)))
        if faults:
            raise ReportgenError("E0313", path=self.file, faults=faults)
        return changed

    def read(self, model: type[_M], data: Data, name: str) -> _M:
        """Return the changed member or project `name` of `data` as `model`; raises E0314."""
        try:
            return model.model_validate(data[name])
        except ValidationError as error:
            found = [(_named(data[name], fault.path), fault.what) for fault in faults_of(error)]
            faults = [self._traced(f"{name}.{path}".strip("."), what) for path, what in found]
            raise ReportgenError("E0314", path=self.file, faults=faults) from error

    def _alien(self) -> Iterator[Fault]:
        known = "、".join(VERBS)
        for verb in dict.fromkeys([*self.given, *(p for p in self._keys() if not set(".[") & set(p))]):
            if verb not in {*VERBS, *self.others}:
                yield self._fault("E0313", verb, f"不认识的键，可用 {known}")

    def _empty(self) -> Iterator[Fault]:
        # An empty value is absent from what was read: only its key tells that something was meant.
        for place in self._keys():
            verb, _, path = place.partition(".")
            if verb in VERBS and not _begins(self.given.get(verb), path):
                yield self._fault("E0313", place, "缺少内容；要去掉一个字段，用 unset")

    def _keys(self) -> list[str]:
        start = f"{self.root}." if self.root else ""
        return [place.removeprefix(start) for place in self.plain.keys if place.startswith(start)]

    def _asked(self, verb: str, faults: list[Fault]) -> Iterator[tuple[str, str, Any]]:
        """Yield (place, path, value) of every change of a verb."""
        given = self.given.get(verb)
        if given is None:
            return
        if not isinstance(given, list if verb in _LISTS else dict):
            shape = "路径的列表" if verb in _LISTS else "以路径为键的键值表"
            faults.append(self._fault("E0313", verb, f"应为{shape}"))
            return
        pairs = given.items() if isinstance(given, dict) else [(path, None) for path in given]
        for index, (path, value) in enumerate(pairs):
            place = child(verb, index if verb in _LISTS else path)
            if isinstance(path, str):
                yield place, path, value
            else:
                faults.append(self._fault("E0313", place, "应为路径，如 subject.people.manager"))

    def _traced(self, path: str, what: str) -> Fault:
        """Return the fault of a changed value with the line of the change it comes from."""
        around = [p for p in self._touched() if path == p or path.startswith((f"{p}.", f"{p}["))]
        place = self._touched()[max(around, key=len)] if around else ""
        line = self.plain.line(child(self.root, place)) if place else None
        return Fault("E0314", path, what if line is None else f"{what}（第 {line} 行）")

    def _touched(self) -> dict[str, str]:
        added = {
            f"{path}.{item.get('id')}": child(child("add", path), index)
            for path, items in self.given.get("add", {}).items()
            for index, item in enumerate(items)
        }
        unset = {path: child("unset", index) for index, path in enumerate(self.given.get("unset", []))}
        return added | unset | {path: child("set", path) for path in self.given.get("set", {})}

    def _fault(self, code: str, place: str, what: str) -> Fault:
        line = self.plain.line(child(self.root, place))
        return Fault(code, place, what if line is None else f"{what}（第 {line} 行）")


def load_patch(path: Path) -> Patch:
    """Read a patch; raises what `read_plain` raises, E0313 for repeated keys or a file without changes."""
    plain = read_plain(path)
    faults = [Fault("E0313", fault.path, fault.what) for fault in plain.faults]
    if not plain.data and not plain.keys:
        faults.append(Fault("E0313", "", f"没有写任何改动，可用 {'、'.join(VERBS)}"))
    if faults:
        raise ReportgenError("E0313", path=str(path), faults=faults)
    return Patch(plain.data, str(path), plain)


def what_if(applicant: Applicant, project: Project, patch: Patch) -> tuple[Applicant, Project]:
    """Return applicant and project (no lot selected yet) with changed facts; raises E0313, E0314."""
    names = [_member_name(index) for index in range(len(applicant.members))]
    data = {name: _dump(member.subject) for name, member in zip(names, applicant.members, strict=True)}
    changed = patch.apply({**data, PROJECT: _dump(project)})
    members = tuple(
        member.model_copy(update={"subject": patch.read(Subject, changed, name)})
        for name, member in zip(names, applicant.members, strict=True)
    )
    try:
        return Applicant(members=members), patch.read(Project, changed, PROJECT)
    except ValidationError as error:
        raise ReportgenError("E0314", path=patch.file, faults=faults_of(error, "E0314")) from error


def _member_name(index: int) -> str:
    return ("subject", "partner")[index] if index < 2 else f"partner{index}"


def _dump(model: Model) -> Data:
    return model.model_dump(mode="json", exclude_none=True)


class _AstrayError(Exception):
    """Why a change cannot be made, in Chinese."""


def _split(data: Data, path: str) -> tuple[Any, str]:
    """Return what holds the last step of a path, and that step."""
    *steps, last = path.split(".")
    if not steps:
        raise _AstrayError(f"路径至少两级，以 {'、'.join(data)} 开头")
    holder: Any = data
    for step in steps:
        holder = _step(holder, step)
    return holder, last


def _step(holder: Any, step: str) -> Any:  # noqa: ANN401 - a plain tree
    if isinstance(holder, list):
        return holder[_index(holder, step)]
    if not isinstance(holder, dict) or step not in holder:
        known = f"，此处有 {_some(holder)}" if isinstance(holder, dict) else ""
        raise _AstrayError(f"没有 {step} 一级{known}")
    return holder[step]


def _index(items: list[Any], name: str) -> int:
    for index, item in enumerate(items):
        if _id(item) == name:
            return index
    known = [found for item in items if (found := _id(item)) is not None]
    raise _AstrayError(f"没有 id 为 {name} 的一项" + (f"，现有 {_some(known)}" if known else "，现有 0 项"))


def _id(item: object) -> str | None:
    return item.get("id") if isinstance(item, dict) else None


def _some(names: Mapping[str, Any] | list[str]) -> str:
    shown = list(names)
    return "、".join(shown[:_SHOWN]) + (f" 等 {len(shown)} 项" if len(shown) > _SHOWN else "")


def _holder(data: Data, path: str) -> tuple[Data, str]:
    holder, name = _split(data, path)
    if not isinstance(holder, dict):
        raise _AstrayError("只能改一项事实的字段；整项增删用 add、drop")
    return holder, name


def _drop(data: Data, path: str, _: object) -> None:
    items, name = _split(data, path)
    if not isinstance(items, list):
        raise _AstrayError("只能去掉清单中的一项，如 subject.people.manager；去掉字段用 unset")
    del items[_index(items, name)]


def _add(data: Data, path: str, added: object) -> None:
    holder, name = _holder(data, path)
    items = holder.setdefault(name, [])
    if not isinstance(items, list) or not isinstance(added, list):
        raise _AstrayError("应为：清单的路径: [{…}, …]")
    for item in added:
        _add_one(data, path, items, item)


def _add_one(data: Data, path: str, items: list[Any], item: object) -> None:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        raise _AstrayError("每一项都应是键值表，并写明 id")
    if item["id"] in _taken(data, path, items):
        raise _AstrayError(f"id {item['id']} 已经存在")
    like = item.get("like")
    start = deepcopy(items[_index(items, like)]) if like is not None else {}
    items.append({**start, **{key: deepcopy(value) for key, value in item.items() if key != "like"}})


def _taken(data: Data, path: str, items: list[Any]) -> set[str | None]:
    # The ids of a subject's facts and sources are unique among all of them.
    name = path.partition(".")[0]
    if name == PROJECT:
        return {_id(item) for item in items}
    lists = [value for value in data[name].values() if isinstance(value, list)]
    return {_id(data[name].get("registration")), *(_id(item) for found in lists for item in found)}


def _times(data: Data, path: str, spec: object) -> None:
    of = str(spec.get("of")) if isinstance(spec, dict) else ""
    if not isinstance(spec, dict) or not _COUNT.fullmatch(of):
        raise _AstrayError("应为键值表，并以 of 写明件数，1 至 9999")
    if "{n}" not in str(spec.get("id")):
        raise _AstrayError("id 应含 {n}，使各项的 id 不同")
    rest = {key: value for key, value in spec.items() if key != "of"}
    numbers = range(1, int(of) + 1)
    _add(data, path, [{**rest, "id": rest["id"].replace("{n}", str(number))} for number in numbers])


def _set(data: Data, path: str, value: object) -> None:
    holder, name = _holder(data, path)
    holder[name] = deepcopy(value)


def _unset(data: Data, path: str, _: object) -> None:
    holder, name = _holder(data, path)
    _step(holder, name)
    del holder[name]


def _open(data: Data, path: str, _: object) -> None:
    member, _dot, collection = path.partition(".")
    if member == PROJECT or member not in data or collection not in COLLECTIONS:
        raise _AstrayError(f"应为成员与清单，如 subject.people；清单有 {'、'.join(COLLECTIONS)}")
    names = {collection, *(RECORD_LISTS if collection == "records" else ())}
    closing = [source for source in _items(data[member].get("sources")) if names & set(_closed(source))]
    if not closing:
        raise _AstrayError(f"没有来源声明 {collection} 是完整的清单，不必打开")
    for source in closing:
        source["complete_for"] = [name for name in _closed(source) if name not in names]


def _closed(source: object) -> list[Any]:
    return _items(source.get("complete_for")) if isinstance(source, dict) else []


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


VERBS: dict[str, Callable[[Data, str, object], None]] = {
    "drop": _drop,
    "add": _add,
    "times": _times,
    "set": _set,
    "unset": _unset,
    "open": _open,
}
_LISTS = {"drop", "unset", "open"}


def _begins(given: object, path: str) -> bool:
    """Say whether the path of a key is, or lies within, one that holds a value."""
    if not isinstance(given, dict):
        return given is not None
    ends = [i for i, letter in enumerate(path) if letter in ".["]
    return not path or any(path[:end] in given for end in [*ends, len(path)])


def _named(data: object, path: str) -> str:
    """Return a fault's path with the ids of the items instead of their numbers."""
    named = ""
    for number, name in _STEP.findall(path):
        if number and isinstance(data, list | tuple) and int(number) < len(data):
            data = data[int(number)]
            found = _id(data)
            named = child(named, int(number) if found is None else found)
        else:
            data = data.get(name) if isinstance(data, dict) else None
            named = child(named, int(number) if number else name)
    return named
