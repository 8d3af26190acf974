"""The workbook of a batch: one row for each request, for whoever handed in the list."""

from collections.abc import Iterator
from pathlib import Path

from reportgen.batch.job import Entry, State
from reportgen.batch.night import Night
from reportgen.batch.sources import is_file
from reportgen.files import write_whole
from reportgen.registry.words import conclusion
from reportgen.sheets.writing import Head, Table, workbook

STATES = {State.ISSUED: "已出具", State.GAPS: "缺件", State.FAILED: "未出具"}
_LEFT, _REPEATED = "未办", "此前已出具"
_HEADS = (
    Head("行", 8),
    Head("申请人", 24),
    Head("项目", 22),
    Head("标段", 10),
    Head("用途", 24),
    Head("状态", 12),
    Head("编号", 24),
    Head("结论", 16),
    Head("文件", 30),
    Head("SHA-256", 20),
    Head("用时（秒）", 10),
    Head("错误码", 10),
    Head("说明", 80),
)


def write_results(path: Path, night: Night) -> None:
    """Write the workbook; raises E0901."""
    write_whole(path, workbook(Table("办理结果", _HEADS, _rows(night))))


def _rows(night: Night) -> Iterator[tuple[str | int | float, ...]]:
    for row in night.rows:
        entry = night.manifest.entries.get(row.number)
        words = row.words
        named = (_shown(words.applicant), _shown(words.project), words.lot, words.purpose)
        yield (row.number, *named, *(_done(entry, night) if entry else (_LEFT, *[""] * 7)))


def _shown(word: str) -> str:
    """Return a code, or a file's own name: where it lies on this machine concerns nobody else."""
    return Path(word).name if is_file(word) else word


def _done(entry: Entry, night: Night) -> tuple[str | float, ...]:
    state = _REPEATED if entry.repeated else STATES[entry.state]
    waits = f"有 {entry.waiting} 项名单命中待人工确认" if entry.waiting else ""
    said = "；".join(filter(None, (night.said(entry), waits)))
    judged = conclusion(entry.conclusion) if entry.conclusion else ""
    return (state, entry.number, judged, entry.file, entry.sha256, entry.seconds, entry.error, said)
