"""Small filled-in workbooks of a subject, as a clerk would hand them in, to be changed a cell at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from reportgen.sheets.delimited import written
from tests.factories import SUBJECT_USCC

Rows = list[list[Any]]
Sheets = dict[str, Rows]


def sheets(**changes: Rows) -> Sheets:
    """Return the sheets of a sound subject: who it is, one source, one contract and one record."""
    return {
        "主体": [
            ["项目", "填写内容"],
            ["统一社会信用代码*", SUBJECT_USCC],
            ["名称", "样本甲建设有限公司"],
            ["数据截止日", "2026-11-20"],
            ["主体类型", "有限责任公司"],
            ["法定代表人", "钟离样"],
            ["成立日期", "2015-06-01"],
            ["登记状态", "存续"],
            ["住所", "虚构省样本市示例路1号"],
            ["行政区划代码", "990102"],
            ["登记机关", "样本市市场监督管理局"],
        ],
        "来源": [
            ["来源编号", "来源名称", "来源类别", "采集日期"],
            ["S1", "虚构省公共信用信息平台", "公共来源", "2026-11-20"],
        ],
        "合同业绩": [
            ["合同名称", "合同类别", "业主", "合同金额（万元）", "签订日期", "验收日期", "合同状态", "编号"],
            [
                "样本小学教学楼工程",
                "房屋建筑工程",
                "样本市教育局",
                1200,
                "2024-03-01",
                "2025-04-01",
                "已完成",
                "C1",
            ],
        ],
        "信用记录": [
            ["信息种类", "文书名称", "文书号", "作出机关", "决定日期"],
            ["行政处罚", "行政处罚决定", "样建罚字〔2026〕1号", "样本市住房和城乡建设局", "2026-06-01"],
        ],
        **changes,
    }


def book(path: Path, content: Sheets, finish: Callable[[Any], object] = lambda _: None) -> Path:
    """Write sheets as a workbook; `finish` may change it before it is saved."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for title, rows in content.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    finish(made)
    made.save(path)
    return path


def folder(path: Path, content: Sheets, encoding: str = "utf-8-sig") -> Path:
    """Write sheets as a folder of CSV files."""
    path.mkdir(exist_ok=True)
    for title, rows in content.items():
        text = written(rows).decode("utf-8-sig")
        (path / f"{title}.csv").write_bytes(text.encode(encoding))
    return path


def repacked(path: Path, change: Callable[[str, bytes], bytes], **more: bytes) -> Path:
    """Change the parts of a workbook, and add more by their names."""
    with ZipFile(path) as packed:
        parts = {part: packed.read(part) for part in packed.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        for part, data in parts.items():
            packed.writestr(part, change(part, data))
        for part, data in more.items():
            packed.writestr(part, data)
    return path
