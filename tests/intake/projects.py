"""Projects of all kinds, generated; and a small filled-in workbook of one, to be changed a cell at a time."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from reportgen.project.clauses import Condition, CreditSort
from reportgen.project.model import Matter, Project
from reportgen.project.requirements import JointRule
from reportgen.subject.holdings import QualificationKind
from tests.factories import OWNER_USCC, project
from tests.workbooks import Rows, Sheets

_LETTERS = "甲乙丙第章（）1.、；;:#'\"=+@-, a\n"


def texts(most: int = 12) -> st.SearchStrategy[str]:
    """Return texts that say something in a cell: not what stands for an empty one."""
    return st.text(_LETTERS, min_size=1, max_size=most).map(lambda text: f"文{text}字")


def figures(least: str, most: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(least), Decimal(most), places=places)


SUMS, SUMS_ASKED = figures("0", "9999999999999999.99", 2), figures("0.01", "9999999999999999.99", 2)
RATIOS, YEARS = figures("0.00000000000000000001", "100", 20), st.integers(1, 10)
SPANS, BOOLS, DAYS = st.integers(1, 20), st.booleans(), st.dates(date(1901, 1, 1), date(2098, 12, 31))


def asked(kind: str, **terms: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return terms of a kind; None stands for what a tender leaves open."""
    fixed = {"kind": st.just(kind), "jv": st.sampled_from(JointRule)}
    made: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({**fixed, **terms})
    return made.map(lambda found: {name: value for name, value in found.items() if value is not None})


def perhaps(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def _yearly(kind: str, needs: st.SearchStrategy[Decimal]) -> st.SearchStrategy[dict[str, Any]]:
    return asked(kind, years=perhaps(YEARS), need=needs) | asked(
        kind, needs=st.dictionaries(st.integers(1949, 2100), needs, min_size=1, max_size=3)
    )


QUANTITIES = figures("0.000001", "999999999999", 6)
TERMS = st.one_of(
    asked(
        "qualification",
        sort=st.sampled_from(QualificationKind),
        category=texts(),
        grade=st.sampled_from(["", "一级", "特级", "不分等级", "C类"]),
    ),
    asked("bid_capacity", multiplier=perhaps(RATIOS), look_back_years=perhaps(SPANS), need=perhaps(SUMS)),
    asked(
        "supply_capacity", category=texts(), product=texts(), unit=st.sampled_from("吨台"), need=QUANTITIES
    ),
    asked("supply_capacity", category=texts(), product=texts(), unit=st.just("吨"), need_per_year=QUANTITIES),
    asked(
        "turnover",
        years=perhaps(YEARS),
        need=perhaps(SUMS),
        factor_k=perhaps(RATIOS),
        new_firm_average=BOOLS,
    ),
    _yearly("revenue_floor", SUMS_ASKED),
    asked("liquidity", need=perhaps(SUMS), months=perhaps(RATIOS)),
    _yearly("current_ratio", RATIOS),
    asked(
        "similar_works",
        count=st.integers(1, 50),
        category=texts(),
        value=perhaps(SUMS),
        value_share=perhaps(RATIOS),
        years=perhaps(SPANS),
        since=perhaps(DAYS),
        joint_works=BOOLS,
    ),
    asked(
        "people",
        post=texts(),
        certificate=texts(),
        grade=st.sampled_from(["", "一级", "特级", "不分等级", "C类"]),
        specialty=st.just("") | texts(),
        count=st.integers(1, 500),
        free=BOOLS,
    ),
    asked("headcount", technical=st.integers(1, 100000)),
    asked("equipment", name=texts(), count=st.integers(1, 10000), owned=BOOLS),
    asked("technology", sort=st.just("") | texts(), field=texts(), count=st.integers(1, 1000)),
    asked("litigation", share=perhaps(RATIOS)),
    asked("performance", years=perhaps(SPANS)),
    asked(
        "standing",
        defaulter=BOOLS,
        serious_lists=BOOLS,
        abnormal_list=BOOLS,
        no_bribery_years=st.integers(0, 20),
    ),
)
ALTERNATIVES = st.fixed_dictionaries({"founded_within_years": SPANS, "requirement": TERMS})


@st.composite
def clauses(draw: st.DrawFn, prefix: str) -> list[dict[str, Any]]:
    """Return clauses of a tender with ids of their own, some with an alternative."""
    found = []
    for index, terms in enumerate(draw(st.lists(TERMS, max_size=4))):
        clause = {"id": f"{prefix}{index}", "clause": draw(texts()), "text": draw(texts(60)), **terms}
        clause |= {"hard": draw(BOOLS), "page": draw(perhaps(st.integers(-5, 10**6)))}
        found.append(clause | {"alternative": draw(perhaps(ALTERNATIVES))})
    return found


@st.composite
def lots(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(st.lists(st.sampled_from(["1", "2", "A", "01"]), max_size=3, unique=True))
    return [
        {
            "id": name,
            "name": draw(st.just("标段") | texts()),
            "value": draw(perhaps(SUMS)),
            "period_years": draw(perhaps(figures("0.1", "50", 20))),
            "requirements": draw(clauses(f"L{name}-")),
        }
        for name in names
    ]


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Return a project with everything that one may have."""
    tender = draw(BOOLS)
    moment = draw(st.datetimes(datetime(1993, 1, 1), datetime(2098, 1, 1)))
    days = {"bid_deadline": moment} if tender else {"decision_date": moment.date()}
    owner = {"name": draw(texts()), "uscc": OWNER_USCC}
    credit = st.fixed_dictionaries(
        {
            "clause": texts(),
            "text": texts(60),
            "sort": st.sampled_from(CreditSort),
            "condition": st.sampled_from(Condition),
            "points": perhaps(figures("0.0000001", "100", 7)),
        }
    )
    choice = st.fixed_dictionaries(
        {"clause": texts(), "by": st.just(owner), "chosen_on": st.dates(date(1990, 1, 1), date(1992, 1, 1))}
    )
    return project(
        **{
            "name": draw(texts()),
            "round": draw(st.integers(1, 20)),
            "matter": Matter.WORKS_TENDER if tender else Matter.SUBSIDY,
            "category": draw(texts()),
            "owner": owner,
            "value": draw(SUMS),
            "period_years": draw(perhaps(figures("0.1", "50", 20))),
            "bid_deadline": None,
            **days,
            "report_valid_until": draw(perhaps(DAYS)),
            "joint_venture": {"accepted": draw(BOOLS), "most_members": draw(perhaps(st.integers(2, 20)))},
            "requirements": draw(clauses("R")),
            "lots": draw(lots()),
            "credit_clauses": [
                {"id": f"C{index}", **item} for index, item in enumerate(draw(st.lists(credit, max_size=2)))
            ],
            "choices": [
                {"switch": f"S{index}", **item}
                for index, item in enumerate(draw(st.lists(choice, max_size=2)))
            ],
            "note": draw(st.just("") | texts(60)),
        }
    )


def clause(kind: str = "设备", name: str | None = "塔式起重机", **cells: Any) -> dict[str, Any]:
    """Return the cells of one clause by their heads."""
    count = 1 if kind == "设备" else None
    said = {"条款号": "第二章 1.4.1（11）", "条款原文": "须满足。", "种类": kind, "名称": name, "数量": count}
    return said | cells


def rows(*items: Mapping[str, Any]) -> Rows:
    """Return rows with all heads that any of them has."""
    heads = list(dict.fromkeys(head for item in items for head in item))
    return [heads, *([item.get(head) for head in heads] for item in items)]


def tender(*items: Mapping[str, Any], **changes: Any) -> Sheets:
    """Return the sheets of a sound project with these clauses; `changes` are cells of the project, or whole sheets."""
    cells = {
        "项目编号": "XM-2026-001",
        "项目名称": "样本中学综合楼工程",
        "事项": "工程招标投标",
        "行政区划代码": "990102",
        "项目类别": "房屋建筑工程",
        "招标人": "样本市教育局",
        "招标人代码": OWNER_USCC,
        "申请人身份": "投标人",
        "项目金额（万元）": 1000,
        "合同期（年）": 1,
        "投标截止时间": "2026-12-10 10:00",
    }
    sheets = {name: value for name, value in changes.items() if isinstance(value, list)}
    cells |= {name: value for name, value in changes.items() if name not in sheets}
    return {
        "项目": [["项目", "填写内容"], *([name, value] for name, value in cells.items())],
        "资格条件": rows(*(items or (clause(),))),
        **sheets,
    }
