"""The template of a list of requests (申请表): an XLSX with its notes, or a CSV."""

from pathlib import Path

from reportgen.batch.columns import COLUMNS, NOTES, SHEET
from reportgen.errors import ReportgenError
from reportgen.files import write_whole
from reportgen.sheets.delimited import written
from reportgen.sheets.text import NOTE_MARK

_EXAMPLE = f"{NOTE_MARK}示例 "
_WIDTHS = (28, 28, 22, 10, 12, 24, 24, 24, 24, 20)


def write_template(path: Path) -> None:
    """Write the template by its ending, .xlsx or .csv; raises E0361 (another ending), E0901."""
    kind = path.suffix.lower()
    if kind == ".xlsx":
        write_whole(path, _book())
    elif kind == ".csv":
        write_whole(path, written((_heads(), _example())))
    else:
        raise ReportgenError("E0361", path=str(path), detail="样表应为 .xlsx 或 .csv 文件")


def _heads() -> list[str]:
    return [f"{column.head}*" if column.required else column.head for column in COLUMNS]


def _example() -> list[str]:
    first, *others = (column.example for column in COLUMNS)
    return [_EXAMPLE + first, *others]


def _book() -> bytes:
    # Workbooks are written by a library that takes a while to load.
    from reportgen.sheets.writing import Head, Table, workbook

    notes = [
        *(
            (column.head, column.key, "必填" if column.required else "", column.note, column.example)
            for column in COLUMNS
        ),
        (
            "",
            "",
            "",
            f"首格以 {NOTE_MARK} 开头的行是说明，不办理；空行不计。列的次序不限，不用的列可以删去。",
            "",
        ),
        ("", "", "", "代码一律是文字：本表各列已设为文本格式，从别处粘贴时请只粘贴值。", ""),
    ]
    heads = [Head(text, width) for text, width in zip(_heads(), _WIDTHS, strict=True)]
    explained = (
        Head("列名", 14),
        Head("英文列名", 16),
        Head("必填", 8),
        Head("填什么", 80),
        Head("示例", 26),
    )
    return workbook(Table(SHEET, heads, [_example()]), Table(NOTES, explained, notes))
