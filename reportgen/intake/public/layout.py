"""Lines and tables of a PDF's pages, put together to a report: heads, records, and rows that a page cut in two."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from reportgen.intake.public.shape import (
    BASICS,
    COVER,
    LABELS,
    NOTES,
    NOTHING,
    SUMMARY,
    PublicReport,
    Row,
    column,
    normal,
    remark,
    section,
)
from reportgen.plain import ABSENT
from reportgen.subject.records import Head, RecordKind

_HEAD = re.compile(r"([一二三四五六七八九十]{1,3})、\s*(.+)")
_PART = re.compile(r"(?:[（(][一二三四五六七八九十]{1,3}[)）]|\d{1,3}[.、．])\s*(.+)")
_ITEM = re.compile(r"(?:第\s*\d+\s*条|\d+)")
_COVER = re.compile(rf"({'|'.join(COVER)})\s*[:：]\s*(.+)")
_PAGE = re.compile(r"第\s*\d+\s*页.*|[-—\s]*\d+\s*(?:/\s*\d+)?[-—\s]*|共\s*\d+\s*页")
_COUNT = re.compile(r"[(（][^()（）]*\d+\s*条[^()（）]*[)）]")
_REPEATED = 3
_Cells = list[str]


def report_of(pages: Sequence[dict[str, Any]]) -> PublicReport:
    """Return what stands on the pages; what fits nowhere is `unread`, with its page."""
    furniture = _furniture(pages)
    builder = _Builder()
    for number, page in enumerate(pages, 1):
        builder.begin(number)
        if page["hidden"]:
            builder.remark(f"有 {page['hidden']} 个看不见的字，没有读取")
        if not page["items"]:
            builder.remark("没有文字层，没有读取")
        for item in page["items"]:
            if item[0] == "table":
                builder.table(_normal(item[1]), item[2], item[3])
            elif item[1] not in furniture:
                builder.line(normal(item[1]).strip())
    builder.close()
    return builder.report


def _furniture(pages: Sequence[dict[str, Any]]) -> set[str]:
    """Return the lines that stand first or last on several pages, but for what a cover tells."""
    edges: Counter[str] = Counter()
    for page in pages:
        lines = [item[1] for item in page["items"] if item[0] == "line"]
        edges.update({*lines[:2], *lines[-2:]})
    return {
        line
        for line, count in edges.items()
        if count >= _REPEATED and not _COVER.match(line) and not _HEAD.match(line) and line not in LABELS
    }


def _normal(rows: Iterable[Iterable[str]]) -> list[_Cells]:
    return [[normal(cell).strip() for cell in row] for row in rows]


class _Builder:
    """A report as it grows line by line; `cells` is the record under way, `held` the row that may go on overleaf."""

    def __init__(self) -> None:
        self.report = PublicReport()
        self.section: str | None = None
        self.title = ""
        self.kind = ""
        self.cells: dict[str, str] = {}
        self.place = ""
        self.first = ""
        self.heads: _Cells = []
        self.page = 0
        self.fresh = True
        self.open = False
        self.held: tuple[_Cells, bool] | None = None
        self.held_on = 0

    def begin(self, page: int) -> None:
        """Begin a page: until something new stands on it, a record may go on."""
        self.page, self.fresh = page, True

    def remark(self, what: str) -> None:
        """Note what could not be read."""
        self.report.unread.append(remark(f"第 {self.page} 页", what))

    def line(self, text: str) -> None:
        """Take a line that stands outside the tables."""
        if _PAGE.fullmatch(text) or text in ABSENT or self._cover(text):
            return
        head = _HEAD.fullmatch(text)
        if head:
            self._head(head[2])
        elif not self._part(text) and text not in NOTHING:
            self._loose(text)

    def _cover(self, text: str) -> bool:
        if text in LABELS:
            self.report.labels = tuple(dict.fromkeys([*self.report.labels, text]))
            return True
        found = [_COVER.fullmatch(part.strip()) for part in text.split("\u3000")]
        for match in found:
            if match:
                self.report.cover.setdefault(match[1], match[2].strip())
        return all(found)

    def _head(self, title: str) -> None:
        found = section(title)
        if self.fresh and (found or title) == (self.section or self.title):
            return
        self.close()
        self.section, self.title, self.kind, self.first, self.heads = found, title, "", "", []
        if found is None:
            self.remark(f"不认识的部分“{title}”，其中的内容没有读取")

    def _part(self, text: str) -> bool:
        """Take the name of a kind of record, or the number of a record, that stands above its table."""
        found = _PART.fullmatch(text)
        name = _COUNT.sub("", found[1] if found else text).strip().removesuffix("信息")
        if _ITEM.fullmatch(text):
            self.close()
            return True
        if found is None and name not in set(RecordKind):
            return False
        if not (self.fresh and name == self.kind):
            self.close()
            self.kind, self.heads = name, []
        return True

    def _loose(self, text: str) -> None:
        if self.section in {*Head, BASICS}:
            self.remark(f"“{self.title}”中有一行没有读取：{text[:80]}")

    def table(self, rows: list[_Cells], begins: bool, ends: bool) -> None:
        """Take a table; its first row may be the rest of the row that the page before ended with."""
        lines = [row for row in rows if any(cell not in ABSENT for cell in row)]
        goes_on = self.fresh and bool(self.cells or self.held)
        if not goes_on:
            self.close()
        for row in lines:
            if self._is_head(row):
                # Repeated overleaf, it parts nothing.
                if not (goes_on and row == self.heads):
                    self._release()
                self.heads = row
            else:
                self._hold(row, goes_on, begins)
                goes_on = False
        if self.held is not None:
            self.held = (self.held[0], not ends)
        self.fresh = False

    def _hold(self, row: _Cells, goes_on: bool, begins: bool) -> None:
        """Hold a row until it is known whether it goes on overleaf; it may be the rest of the one held."""
        if self.held is not None and goes_on and _cut(*self.held, row, begins, bool(self.heads)):
            row = [a + b for a, b in zip(self.held[0], row, strict=True)]
        else:
            self._release()
            self.held_on = self.page
        self.held = (row, False)

    def _is_head(self, row: _Cells) -> bool:
        known = section if self.section == SUMMARY else column
        return len(row) > 2 and all(known(cell) is not None for cell in row)

    def _release(self) -> None:
        if self.held is not None:
            row, self.held = self.held[0], None
            self._row(row)

    def _row(self, row: _Cells) -> None:
        if self.heads and len(row) == len(self.heads):
            self._store()
            self.cells = dict(zip(self.heads, row, strict=True))
            self.place = f"第 {self.held_on} 页"
            self._store()
        elif len(row) == 1:
            self.line(row[0])
        elif len(row) % 2:
            what = f"“{self.title}”中有一行没有读取：{' | '.join(row)[:80]}"
            self.report.unread.append(remark(f"第 {self.held_on} 页", what))
        else:
            self._pairs(row)

    def _pairs(self, row: _Cells) -> None:
        for label, value in zip(row[::2], row[1::2], strict=True):
            if label in ABSENT and value in ABSENT:
                continue
            if label in self.cells or (label == self.first and self.cells):
                self._store()
            if not self.cells:
                self.first, self.place = label, f"第 {self.held_on} 页"
            self.cells[label] = value

    def close(self) -> None:
        """End the record under way."""
        self._release()
        self._store()

    def _store(self) -> None:
        cells = {label: value for label, value in self.cells.items() if value not in ABSENT}
        self.cells = {}
        if not cells:
            return
        if self.section == SUMMARY:
            self.report.counts.update(cells)
        elif self.section == BASICS:
            self.report.basics.update(cells)
        elif self.section in {None, NOTES}:
            self._unplaced(cells)
        else:
            self._add(cells)

    def _add(self, cells: dict[str, str]) -> None:
        section_ = str(self.section)
        number = sum(row.section == section_ for row in self.report.rows) + 1
        if self.kind and not any(column(label) == "类型" for label in cells):
            cells["类型"] = self.kind
        self.report.rows.append(Row(section_, cells, f"{self.place}，{section_}第 {number} 条"))

    def _unplaced(self, cells: dict[str, str]) -> None:
        cover = {label: value for label, value in cells.items() if label in COVER}
        self.report.cover |= cover
        if rest := {label: value for label, value in cells.items() if label not in cover}:
            words = "，".join(f"{label} {value}" for label, value in rest.items())
            self.report.unread.append(remark(self.place, f"不在任何认识的部分之内：{words[:160]}"))


def _cut(before: _Cells, unended: bool, after: _Cells, begins: bool, listed: bool) -> bool:
    """Say whether two rows on either side of a page's end are one.

    They are where no rule stands between them, or where a value has lost its name to the other page.
    """
    if len(before) != len(after):
        return False
    if unended or not begins:
        return True
    if listed:
        return after[0] == ""
    rows = (before, after)
    return any(row[i] == "" and row[i + 1] not in ABSENT for row in rows for i in range(0, len(row) - 1, 2))
