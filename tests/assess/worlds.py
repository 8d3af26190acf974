"""Small worlds around the base case for hypothesis: any project, any state of what is known."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.assess.build import base
from tests.factories import Data

JUDGED_ON = date(2026, 12, 15)
MILLION = 1_000_000
ADVERSE = (
    "行政处罚",
    "禁止参加",
    "失信被执行人",
    "严重失信主体名单",
    "经营异常名录",
    "违背承诺",
    "被执行人",
    "刑事处罚",
    "其他不良信息",
)
GOOD = ("行政奖励", "纳税信用A级", "守信激励名单", "诚信荣誉", "其他良好信息")
LISTS = (
    "qualifications",
    "statements",
    "contracts",
    "technology",
    "equipment",
    "people",
    "headcounts",
    "records",
)
CHECKED = {"by": "核验员甲", "how": "查验原件", "on": date(2026, 11, 19)}

sums = st.integers(0, 60).map(lambda number: number * MILLION)
OFFICIAL: Data = {"source": "gov"}
DECLARED: Data = {"source": "own"}
counted = st.sampled_from([OFFICIAL, DECLARED | {"verification": CHECKED}])
origins = st.sampled_from([OFFICIAL] * 8 + [DECLARED | {"verification": CHECKED}, DECLARED])
rarely = st.integers(0, 24).map(lambda number: number == 0)
days = st.integers(0, 1300).map(lambda back: JUDGED_ON - timedelta(days=back))


@st.composite
def records(draw: st.DrawFn, name: str, kinds: tuple[str, ...] = ADVERSE) -> Data:
    """Return an official record that counts, named by its id; a ban names one of two matters."""
    record: Data = {"id": name, "title": f"{name}号决定", "source": "gov", "authority": "样例局"}
    record |= {"kind": draw(st.sampled_from(kinds)), "determined_on": draw(days)}
    record["severity"] = draw(st.sampled_from([None, "一般", "严重", "特别严重"]))
    record["fulfilment"] = draw(st.sampled_from(["无需履行", "全部履行", "部分履行", "全部未履行", "未知"]))
    record["category"] = draw(st.sampled_from(["房屋建筑工程", "消防"]))
    if record["kind"] == "禁止参加":
        scope = draw(st.sampled_from(["工程招标投标", "政府采购"]))
        until = record["determined_on"] + timedelta(days=draw(st.integers(1, 900)))
        record["ban"] = {
            "scope": [scope],
            "since": record["determined_on"],
            "until": until,
            "legal_basis": "某条",
        }
    if draw(st.booleans()):
        record |= {"state": "异议中", "disputed_on": date(2026, 11, 1)}
    return record


@st.composite
def worlds(draw: st.DrawFn, *, declared: bool = True, most_records: int = 3) -> Data:
    """Return plain data of a subject and a project; with `declared`, some facts are unchecked."""
    data = base()
    _project(draw, data["project"])
    _subject(draw, data["subject"], origins if declared else counted)
    names = [f"记录{number}" for number in range(draw(st.integers(0, most_records)))]
    data["subject"]["records"] = [draw(records(name)) for name in names]
    return data


def _project(draw: st.DrawFn, project: Data) -> None:
    project["value"] = draw(st.integers(1, 80)) * MILLION
    project["period_years"] = draw(st.sampled_from(["0.5", "1", "2", "3"]))
    project["matter"] = draw(st.sampled_from(["工程招标投标", "政府采购"]))
    changes: Data = {
        "capacity": {"need": draw(st.integers(1, 60)) * MILLION},
        "turnover": {"need": draw(st.integers(1, 30)) * MILLION},
        "liquid": {"need": draw(st.integers(1, 12)) * MILLION},
        "works": {"value": draw(st.integers(1, 40)) * MILLION},
        "cranes": {"count": draw(st.integers(1, 5))},
        "staff": {"technical": draw(st.integers(1, 40))},
        "ratio": {"need": draw(st.sampled_from(["0.8", "1", "1.5"]))},
    }
    kept = [item for item in project["requirements"] if draw(st.booleans())]
    project["requirements"] = [
        item | changes.get(item["id"], {}) | {"hard": draw(st.booleans())} for item in kept
    ]


def _subject(draw: st.DrawFn, subject: Data, origin: st.SearchStrategy[Data]) -> None:
    closed = [name for name in LISTS if not draw(rarely)]
    subject["sources"] = [
        source | ({"complete_for": closed} if source["id"] == "gov" else {}) for source in subject["sources"]
    ]
    cash = draw(sums)
    for year in subject["statements"]:
        year |= {"revenue": draw(sums), "works_revenue": draw(sums), "cash": cash, "audited": False}
        year["current_assets"] = draw(st.integers(6, 30)) * MILLION
    school = subject["contracts"][0]
    school["value"] = draw(st.integers(20, 60)) * MILLION
    school["performance"]["delay_days"] = draw(st.sampled_from([None, 0, 10, 60, 120]))
    subject["equipment"][0]["count"] = draw(st.integers(1, 8))
    subject["headcounts"][0] |= {"technical": draw(st.integers(10, 60)), "left": draw(st.integers(0, 60))}
    for name in (*LISTS[:-1], "credit_lines"):
        subject[name] = [item | draw(origin) for item in subject[name] if not draw(rarely)]


@st.composite
def shuffled(draw: st.DrawFn, data: Data) -> Data:
    """Return the same data with the facts of every collection in another order."""
    subject: Any = dict(data["subject"])
    for name in (*LISTS, "credit_lines", "sources"):
        subject[name] = draw(st.permutations(subject[name]))
    return {**data, "subject": subject}
