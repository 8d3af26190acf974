"""Subjects and deliveries as no clerk would write them: sound trees with a few places broken, as JSON or YAML."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from tests.factories import (
    PARTNER_USCC,
    SUBJECT_USCC,
    Data,
    contract_data,
    credit_line_data,
    equipment_data,
    headcount_data,
    person_data,
    qualification_data,
    record_data,
    registration_data,
    shareholder_data,
    source_data,
    statement_data,
    subject_data,
    technology_data,
)
from tests.intake.public_reports import report_data

Steps = tuple[Any, ...]
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MARK = "\ue000"
"""Stands around what goes into the file as it is, although it is no value of JSON, or of no sane one."""


class Key(str):
    """A key that stands beside its equal: a mapping with both is a file that says one thing twice."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


def whole() -> Data:
    """Return a subject with one of nearly everything, and what another source says besides."""
    return subject_data(
        sources=[source_data(complete_for=["records"]), source_data(id="S2", name="来源S2")],
        changes=[
            {"id": "K1", "source": "S1", "on": "2019-05-27", "item": "变更", "before": "", "after": "乙"}
        ],
        shareholders=[shareholder_data(uscc=PARTNER_USCC)],
        officers=[
            {
                "id": "O1",
                "source": "S1",
                "name": "钟离样",
                "post": "董事",
                "links": [{"name": "甲", "post": "董事"}],
            }
        ],
        qualifications=[qualification_data(number="1")],
        statements=[statement_data(), statement_data(id="F2024", year="2024")],
        credit_lines=[credit_line_data()],
        contracts=[contract_data()],
        technology=[technology_data()],
        equipment=[equipment_data()],
        people=[person_data(verification={"by": "甲", "how": "查验", "on": "2026-11-19"})],
        headcounts=[headcount_data()],
        records=[
            record_data(number="1"),
            record_data(
                id="R2",
                ban={
                    "scope": ["工程招标投标"],
                    "since": "2026-06-01",
                    "until": "2027-06-01",
                    "legal_basis": "第一条",
                },
            ),
        ],
        claims={"records": [record_data(number="1", source="S2", amount="5")]},
    )


def delivery() -> Data:
    """Return what one source says of the same subject."""
    by = source_data(id="S3", name="来源S3", complete_for=["records"], collected_on="2026-11-21")
    facts = {
        "records": [record_data(source="S3", number="1")],
        "registration": registration_data(source="S3"),
    }
    return {"uscc": SUBJECT_USCC, "name": "样本甲建设有限公司", "source": by, **facts}


def public_report() -> Data:
    """Return a 公共信用信息报告 as JSON."""
    return report_data()


TREES: tuple[Callable[[], Data], ...] = (whole, delivery, public_report)


def raw(token: str) -> str:
    """Return a text that the file has as it stands, without quotes."""
    return f"{_MARK}{token}{_MARK}"


VALUES: list[Any] = [
    None, True, [], {}, [[]], [None], {"a": {"b": []}}, 0, -1, 1.5, 10**30, "", " ", "—", "x" * 6000, "\0", "a\0b",
    "\u202e", "\r\n", "🀄" * 50, "NaN", "1e999", "2099-12-31", "1900-01-01", "9999-12-31", "2026-02-30", "0000-00-00",
    "2026-11-21T25:00", "true", SUBJECT_USCC, PARTNER_USCC, "S1", "S2", "R1", "registration", "records", "公共来源", "自主申报",
    *map(raw, ["NaN", "-Infinity", "1e999", "-0", "9" * 5000, "1." + "1" * 400, '"\\ud800"', '"\\u0000"', '"\\udc00甲"',
               "[" * 39 + "]" * 39, "[" * 200 + "]" * 200, '{"a":' * 60 + "1" + "}" * 60, "1e", "01", "'", "&a", "*a", "!!python/name:os.system"]),
]  # fmt: skip
"""What stands where something else should."""
KEYS = ["id", "source", "未知", "claims", "sources", "uscc", "__class__", "a.b", "", "k" * 300, "\0"]


def places(tree: Any, at: Steps = ()) -> Iterator[Steps]:
    """Yield the path of every value below a tree."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, value in inner:
        yield (*at, step)
        yield from places(value, (*at, step))


def _at(tree: Any, path: Steps) -> Any:
    for step in path:
        tree = tree[step]
    return tree


@st.composite
def broken(draw: st.DrawFn, trees: tuple[Callable[[], Data], ...] = TREES) -> Data:
    """Draw a sound tree with one to four places broken."""
    tree = draw(st.sampled_from(trees))()
    for _ in range(draw(st.integers(1, 4))):
        paths = list(places(tree))
        if paths:
            _break(draw, tree, paths)
    return tree


def _break(draw: st.DrawFn, tree: Data, paths: list[Steps]) -> None:
    path = draw(st.sampled_from(paths))
    holder, last = _at(tree, path[:-1]), path[-1]
    draw(st.sampled_from([_another, _another, _none, _twice, _misplaced, _of_another_day, _held]))(
        draw, tree, paths, (holder, last)
    )


Place = tuple[Any, Any]
"""What holds a value, and the step to it."""


def _another(draw: st.DrawFn, _: Data, __: list[Steps], place: Place) -> None:
    place[0][place[1]] = deepcopy(draw(st.sampled_from(VALUES)))


def _none(_: st.DrawFn, __: Data, ___: list[Steps], place: Place) -> None:
    del place[0][place[1]]


def _twice(draw: st.DrawFn, _: Data, __: list[Steps], place: Place) -> None:
    holder, last = place
    if isinstance(holder, list):
        holder.append(deepcopy(holder[last]))
    else:
        holder[draw(st.sampled_from([Key(last), *KEYS]))] = deepcopy(holder[last])


def _misplaced(draw: st.DrawFn, tree: Data, paths: list[Steps], place: Place) -> None:
    place[0][place[1]] = deepcopy(_at(tree, draw(st.sampled_from(paths))))


def _of_another_day(draw: st.DrawFn, tree: Data, paths: list[Steps], _: Place) -> None:
    days = [path for path in paths if _DAY.fullmatch(str(_at(tree, path)))]
    if days:
        path = draw(st.sampled_from(days))
        _at(tree, path[:-1])[path[-1]] = draw(st.sampled_from(["2000-01-01", "2026-11-21", "2031-01-01"]))


def _held(draw: st.DrawFn, tree: Data, _: list[Steps], __: Place) -> None:
    """Let the subject hold itself, or be held by what it holds."""
    holds = {"uscc": draw(st.sampled_from([SUBJECT_USCC, PARTNER_USCC]))}
    tree["shareholders"] = [shareholder_data(**holds, share=draw(st.sampled_from(["0.5", "1", "1.5"])))]


def written(folder: Path, tree: Data, ending: str) -> Path:
    """Write a tree as JSON (`.json`), as JSON that calls itself YAML (`.yml`), or as YAML where it can be."""
    path = folder / f"broken{ending}"
    text = json.dumps(tree, ensure_ascii=False)
    as_it_stands = re.sub(f'"{_MARK}(.*?){_MARK}"', lambda found: str(json.loads(f'"{found[1]}"')), text)
    if ending == ".yaml" and as_it_stands == text:
        as_it_stands = yaml.safe_dump(json.loads(text), allow_unicode=True, sort_keys=False)
    path.write_text(as_it_stands, "utf-8", errors="surrogatepass")
    return path
