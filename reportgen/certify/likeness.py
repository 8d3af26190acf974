"""Whether the data that a document carries (such as `report.json`) say what its pages say.

Both are under one signature, so no stranger can make them differ. A reader and a program must not be told
different things all the same. Only what somebody trusted has signed is unpacked.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

from reportgen.certify.facts import GRADE, RECORD, REPORT, Asked
from reportgen.certify.inspection import opened
from reportgen.document.record_files import RECORDS_CSV, RECORDS_JSON, record_files

TWIN_FILES = {"report.json": REPORT, "record.json": RECORD, "grade.json": GRADE}
"""The names under which documents carry their data, and what kind of document each one is."""
_PAGES = 12
"""The conclusion stands before the sections, so on one of the first pages."""
_SENTENCE = re.compile("(不具备信用能力|信用能力一般|具备信用能力)(?:【异议中】)?决定因素")
"""The conclusion as the conclusion page prints it, before its reasons; other pages explain all three."""
_ONE_AT_A_TIME = Lock()
"""PDFium is not safe for threads."""


@dataclass(frozen=True)
class Place:
    """A project with its round and lot; a manifest's own has no lot."""

    project: str
    round: int
    lot: str | None = None

    def __str__(self) -> str:
        """Return the place as a person reads it."""
        again = f"第 {self.round} 轮" if self.round > 1 else ""
        return " ".join(
            part for part in (self.project, again, f"{self.lot} 标段" if self.lot else "") if part
        )

    def answers(self, asked: Asked) -> bool:
        """Say whether this is the use that is asked about."""
        return (
            self.project == asked.project
            and asked.round in {None, self.round}
            and asked.lot in {None, self.lot}
        )


@dataclass(frozen=True)
class Likeness:
    """What a file's data say of it, and where its pages say otherwise; empty where it carries none.

    Only a report has a `place`.
    """

    kind: str = REPORT
    number: str = ""
    agency: str = ""
    place: Place | None = None
    faults: tuple[str, ...] = ()


def compare(data: bytes) -> Likeness:
    """Return a file's data beside its text; whatever cannot be read is a fault."""
    try:
        files = _attached(data)
        kind, twin = _own(files)
        if twin is None:
            return Likeness()
        told = json.loads(twin)
        with _ONE_AT_A_TIME:
            faults = (*_differences(kind, told, data), *_lists(kind, told, files))
        return Likeness(kind, told["number"], told["agency"]["name"], _place(kind, told), faults)
    except Exception:
        # Of the same make as the rest of the file: whoever asks needs to know no more of it.
        return Likeness(faults=("所附数据损坏，或页面不能读取",))


def _attached(data: bytes) -> list[tuple[str, bytes]]:
    """Return the names and bytes of the attached files that are read here; no other one is unpacked."""
    found = [file.get_object() for file in opened(data).root.get("/AF", ())]
    read = {*TWIN_FILES, RECORDS_CSV, RECORDS_JSON}
    return [(file["/UF"], bytes(file["/EF"]["/F"].data)) for file in found if file["/UF"] in read]


def _own(files: Sequence[tuple[str, bytes]]) -> tuple[str, bytes | None]:
    """Return what kind of document a file's own data are of, and the data, None where there are none."""
    own = [(TWIN_FILES[name], file) for name, file in files if name in TWIN_FILES]
    if len(own) > 1:
        raise ValueError("several data files")
    return own[0] if own else (REPORT, None)


def _lists(kind: str, told: Mapping[str, Any], files: Sequence[tuple[str, bytes]]) -> Iterator[str]:
    """Yield the attached lists of records that are not those of the data."""
    expected = record_files(told["record"]["items"]) if kind == REPORT else {}
    for name, file in files:
        if name not in TWIN_FILES and file != expected.get(name):
            yield f"所附 {name} 与所附数据不同"


def _place(kind: str, told: Mapping[str, Any]) -> Place | None:
    if kind != REPORT:
        return None
    return Place(told["project"]["id"], int(told["project"]["round"]), told["project"]["lot"])


def _differences(kind: str, told: Mapping[str, Any], data: bytes) -> Iterator[str]:
    """Yield what the pages say otherwise than the data; the labels are those of the first page."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        pages = (_text(document[index]) for index in range(min(len(document), _PAGES)))
        cover = next(pages, "")
        expected = _expected(told) if kind == REPORT else _named(kind, told)
        for what, text in expected:
            if _even(text) not in cover:
                yield f"第一页的{what}与所附数据不同"
        if kind != REPORT:
            return
        # One page says it, and no more are read than it takes to find that one.
        said = next((found for page in pages if (found := _SENTENCE.findall(page))), [])
        if said != [_even(told["conclusion"])]:
            yield "结论页的结论与所附数据不同"
    finally:
        document.close()


def _expected(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    members, project, recipient = told["applicant"], told["project"], told["recipient"]
    yield "报告编号", f"报告编号{told['number']}申请人"
    yield "申请人", f"申请人{'、'.join(member['name'] for member in members)}"
    yield "统一社会信用代码", f"统一社会信用代码{'、'.join(member['uscc'] for member in members)}申请角色"
    yield "项目名称", f"项目名称{project['name']}项目编号"
    lot = f"标段{project['lot']}：{project['lot_name']}" if project["lot"] else ""
    yield "项目编号与标段", f"{project['id']}{lot}"
    yield "使用单位", f"使用单位{recipient['name']}（{recipient['uscc']}）"
    until = date.fromisoformat(told["valid_until"])
    yield "有效期", f"有效期至{until.year}年{until.month}月{until.day}日"


def _named(kind: str, told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what the first page of a document about one subject says."""
    yield "编号", f"编号{told['number']}"
    yield "名称", told["name"]
    yield "统一社会信用代码", told["uscc"]
    until = date.fromisoformat(told["valid_until"])
    yield "有效期", f"至{until.year}年{until.month}月{until.day}日"
    if kind == GRADE:
        yield "等级", f"{told['grade']}级"


def _text(page: Any) -> str:  # noqa: ANN401 - the library has no types
    reading = page.get_textpage()
    try:
        return _even(reading.get_text_range())
    finally:
        reading.close()
        page.close()


def _even(text: str) -> str:
    """Return a text in which neither line breaks nor the widths of characters make a difference."""
    return "".join(unicodedata.normalize("NFKC", text).split())
