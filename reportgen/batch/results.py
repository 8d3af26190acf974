"""The workbook of a batch: one row for each request, for whoever handed in the list."""

from collections.abc import Iterator
from pathlib import Path

from reportgen.batch.job import Entry, State
from reportgen.batch.night import Night
from reportgen.batch.sources import is_file
from reportgen.batch.workbook import Table, workbook
from reportgen.files import write_whole
from reportgen.registry.words import conclusion

STATES = {State.ISSUED: "已出具", State.GAPS: "缺件", State.FAILED: "未出具"}
_LEFT, _REPEATED = "未办", "此前已出具"
_HEADS = (
    "行",
    "申请人",
    "项目",
    "标段",
    "用途",
    "状态",
    "编号",
    "结论",
    "文件",
    "SHA-256",
    "用时（秒）",
    "错误码",
    "说明",
)
_WIDTHS = (8, 24, 22, 10, 24, 12, 24, 16, 30, 20, 10, 10, 80)


def write_results(path: Path, night: Night) -> None:
    """Write the workbook; raises E0901."""
    write_whole(path, workbook(Table("办理结果", _HEADS, _rows(night), _WIDTHS)))


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
    said = night.said(entry)
    judged = conclusion(entry.conclusion) if entry.conclusion else ""
    return (state, entry.number, judged, entry.file, entry.sha256, entry.seconds, entry.error, said)
