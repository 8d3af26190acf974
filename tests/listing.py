"""Lists as files, for the tests of all who read or compare them."""

import csv
from pathlib import Path
from typing import Any

from reportgen.intake.lists import HEADS

BLACK = "样本严重失信名单"
ROW = {
    "uscc": "",
    "name": "样本甲建设有限公司",
    "former_names": "",
    "list": BLACK,
    "kind": "严重失信主体名单",
    "listed_on": "2026-03-02",
    "until": "2029-03-01",
    "basis": "样人社监列字〔2026〕第3号",
    "authority": "样本市人力资源局",
}


def row(**changes: str) -> dict[str, str]:
    """Return a row of a list that says only a name, changed."""
    return {**ROW, **changes}


def write_list(path: Path, *rows: dict[str, str], encoding: str = "utf-8", heads: Any = None) -> Path:
    """Write a list with these rows."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads or HEADS.values())
        writer.writerows([one[key] for key in HEADS] for one in rows)
    return path
