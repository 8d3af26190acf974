"""A report as JSON: the heads as keys, a list of records under each, the columns as printed."""

from collections.abc import Iterator, Mapping
from typing import Any

from reportgen.errors import Fault
from reportgen.intake.public.shape import (
    BASICS,
    COVER,
    NOTES,
    SUMMARY,
    PublicReport,
    Row,
    normal,
    remark,
    section,
)
from reportgen.plain import Plain, child


def is_report(data: Mapping[str, Any]) -> bool:
    """Say whether a file's top mapping is a report: it has the head 基本信息, or two covers' worth of names."""
    return any(section(key) == BASICS for key in data) or {"报告编号", "生成时间"} <= data.keys()


def report_in(plain: Plain) -> tuple[PublicReport, list[Fault]]:
    """Return what stands in the file, and E0301 for every part that is not of the shape."""
    report, faults = PublicReport(), list(plain.faults)
    for key, value in plain.data.items():
        faults += _take(report, key, value)
    return report, faults


def _take(report: PublicReport, key: str, value: object) -> Iterator[Fault]:
    head = section(key)
    if key in COVER or key == "标签" or head == NOTES:
        yield from _cover(report, key, value)
    elif head == SUMMARY:
        report.counts, faults = _cells(value, key)
        yield from faults
    elif head == BASICS:
        report.basics, faults = _cells(value, key)
        yield from faults
    elif head is not None:
        yield from _rows(report, head, key, value)
    else:
        report.unread.append(remark(key, "不认识的部分，其中的内容没有读取"))


def _cover(report: PublicReport, key: str, value: object) -> Iterator[Fault]:
    if key == "标签":
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            yield Fault("E0301", key, "应为文字的列表")
            return
        report.labels = tuple(value)
    elif not isinstance(value, str):
        yield Fault("E0301", key, "应为文字")
    elif key in COVER:
        report.cover[key] = normal(value)


def _rows(report: PublicReport, head: str, key: str, value: object) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault("E0301", key, "应为列表，每条记录一项")
        return
    for index, item in enumerate(value):
        cells, faults = _cells(item, child(key, index))
        yield from faults
        if cells:
            report.rows.append(Row(head, cells, f"{head}第 {index + 1} 条"))


def _cells(value: object, path: str) -> tuple[dict[str, str], list[Fault]]:
    if not isinstance(value, dict):
        return {}, [Fault("E0301", path, "应为键值表，键为栏名，值为文字")]
    wrong = [name for name, item in value.items() if not isinstance(item, str)]
    faults = [Fault("E0301", child(path, name), "应为文字") for name in wrong]
    return {name: normal(item) for name, item in value.items() if name not in wrong}, faults
