"""The list of a report's records as files beside the pages, where it is too long to be printed one by one.

`records.csv` is for a spreadsheet and `records.json` for a program. Both say what `record.items` of `report.json`
says, and no more; docs/twin.md explains them. Nothing here is dear to load: verifying needs it too.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from io import StringIO

RECORDS_CSV, RECORDS_JSON = "records.csv", "records.json"
_HEADS = {
    "evidence": "编号",
    "head": "信息类别",
    "kind": "类型",
    "nature": "性质",
    "state": "状态",
    "placing": "列入理由",
    "number": "文号",
    "authority": "认定机关",
    "determined_on": "认定日期",
    "severity": "程度",
    "severity_from": "程度依据",
    "fulfilment": "履行",
    "points": "扣分",
    "working": "扣分算式",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for a formula, the wide forms of some included."""

Items = Sequence[Mapping[str, object]]
"""Records as `record.items` of `report.json` holds them."""


def record_files(items: Items) -> dict[str, bytes]:
    """Return the files of a list of records, by name; equal lists give equal bytes."""
    return {RECORDS_CSV: _csv(items), RECORDS_JSON: _json(items)}


def _csv(items: Items) -> bytes:
    # With the mark that makes a spreadsheet read UTF-8, and with its line ends.
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADS.values())
    writer.writerows([_safe(item[key]) for key in _HEADS] for item in items)
    return text.getvalue().encode("utf-8-sig")


def _safe(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _json(items: Items) -> bytes:
    return json.dumps(items, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
