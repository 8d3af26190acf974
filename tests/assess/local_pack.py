"""A made-up city whose rule pack grades and lists measures, in a folder beside the shipped base pack."""

import shutil
from datetime import date
from pathlib import Path

from reportgen.policy.loader import CITATIONS, PACKS, load_pack
from reportgen.policy.model import Policy
from tests.factories import Data, write_yaml

CITY = "990100"
DISTRICT = "990102"
GRADING = "seed-benxi-2017-2-use"
MEASURES: tuple[tuple[str, str, str], ...] = (
    ("city-priority", "联合激励", "连续三年无不良信用记录"),
    ("city-honoured", "联合激励", "守信激励名单或纳税信用A级在有效期内"),
    ("city-graded", "联合激励", "综合信用等级A级在有效期内"),
    ("city-listed", "联合惩戒", "在严重失信主体名单上"),
    ("city-severe", "联合惩戒", "有严重及以上失信记录"),
    ("city-defaulter", "联合惩戒", "失信被执行人"),
)


def pack_data(**changes: object) -> Data:
    """Return the city's pack: grades for one or two years from 2017-07-10, and six measures."""
    measures = [
        {"id": name, "sort": sort, "text": f"{name}的措施", "condition": condition}
        | {"since": "2017-07-10", "cite": GRADING}
        for name, sort, condition in MEASURES
    ]
    values = {"grading": [{"since": "2017-07-10", "value": {"validity_years": [1, 2]}, "cite": GRADING}]}
    return {
        "name": "city",
        "base": "national",
        "title": "样例市规则包",
        "region": CITY,
        "matters": ["工程招标投标"],
        "released": "2026-11-21",
        "effect": "未核",
        "values": values,
        "measures": measures,
        "citations": {},
        **changes,
    }


def packs(folder: Path, **changes: object) -> Path:
    """Write the city's pack with its base and the shelf into a folder; return the folder."""
    for name in ("national.yaml", CITATIONS):
        shutil.copy(PACKS / name, folder / name)
    write_yaml(folder / "city.yaml", pack_data(**changes))
    return folder


def city_policy(folder: Path, on: date, **changes: object) -> Policy:
    """Return the city's policy of a day."""
    return load_pack(packs(folder, **changes) / "city.yaml")[0].on(on, "0" * 64)
