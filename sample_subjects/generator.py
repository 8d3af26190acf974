"""Subjects and projects from a seed, for tests and benchmarks: plain mappings as YAML would hold them."""

from datetime import date
from decimal import Decimal

from sample_subjects import credit, holdings, tenders
from sample_subjects import vocabulary as words
from sample_subjects.draw import AS_OF, Draw, Plain, text

PROFILES = ("good", "middling", "bad", "thin")
"""Much and proven; with shortcomings; on the list of defaulters; declared but not proven."""


def generate_subject(
    seed: int,
    *,
    records: int = 24,
    contracts: int = 12,
    profile: str | None = None,
    category: str | None = None,
) -> Plain:
    """Return a subject that the models accept, the same for equal arguments on every machine.

    `profile` is one of `PROFILES` and `category` a key of `TRADES`; either is drawn where not given.
    """
    draw = Draw(seed, "subject")
    chosen = profile or draw.one(PROFILES)
    trade = words.TRADES[category or draw.one(tuple(words.TRADES))]
    revenue = draw.money(*trade.revenue)
    data: Plain = {
        **_identity(draw, trade),
        "qualifications": holdings.qualifications(draw, trade, chosen),
        "statements": holdings.statements(draw, revenue, trade.builder, chosen),
        "credit_lines": holdings.credit_lines(draw, revenue, chosen),
        "contracts": holdings.contracts(draw, trade, chosen, contracts),
        "technology": holdings.technology(draw, trade, chosen),
        "equipment": holdings.equipment(draw, trade, chosen),
        "people": holdings.people(draw, trade, chosen),
        "headcounts": holdings.headcounts(draw, chosen),
        "records": credit.records(draw, chosen, records, "S-XY"),
    }
    return _plain({**data, "sources": _sources(chosen)})


def generate_project(seed: int, *, category: str = "公路工程", scale: str = "1") -> Plain:
    """Return a project of a category (a key of `TRADES`); `scale` multiplies its value and its needs."""
    return _plain(tenders.project(Draw(seed, "project"), words.TRADES[category], Decimal(scale)))


def _plain(data: Plain) -> Plain:
    result = text(data)
    assert isinstance(result, dict)  # noqa: S101 - a mapping stays a mapping
    return result


def _identity(draw: Draw, trade: words.Trade) -> Plain:
    region, head = draw.area(), draw.person()
    area, place = words.AREAS[region]
    since = draw.day(date(1998, 1, 5), date(2018, 12, 28))
    officer = {
        "id": "OFF-01",
        "source": "S-REG",
        "name": head,
        "post": "法定代表人、执行董事",
        "since": since,
    }
    return {
        "uscc": draw.uscc("91", region),
        "name": place + draw.one(words.BRANDS) + trade.firm,
        "as_of": AS_OF,
        "registration": _registration(draw, trade, region, head, since) | {"address": _address(draw, area)},
        "shareholders": _shareholders(draw, head),
        "officers": [officer, officer | {"id": "OFF-02", "name": draw.person(), "post": "监事"}],
    }


def _registration(draw: Draw, trade: words.Trade, region: str, head: str, since: date) -> Plain:
    capital = Decimal(draw.number(3, 80) * 1_000_000)
    return {
        "id": "REG",
        "source": "S-REG",
        "kind": "有限责任公司（自然人投资或控股）",
        "legal_representative": head,
        "established_on": since,
        "standing": "存续",
        "region": region,
        "authority": words.AREAS[region][0] + "市场监督管理局",
        "capital": capital,
        "paid_in": capital if draw.chance(60) else None,
        "term_from": since,
        "term_until": "2099-12-31",
        "industry": trade.industry,
        "scope": f"{trade.category}及相关服务。",
    }


def _address(draw: Draw, area: str) -> str:
    return f"{words.PROVINCE}{area}{draw.one(words.STREETS)}{draw.number(1, 399)}号"


def _shareholders(draw: Draw, head: str) -> list[Plain]:
    share = draw.share(0.51, 0.95)
    first: Plain = {
        "id": "SHR-01",
        "source": "S-REG",
        "name": head,
        "kind": "自然人",
        "share": share,
        "controls": True,
    }
    other: Plain = {
        "id": "SHR-02",
        "source": "S-REG",
        "name": draw.person(),
        "kind": "自然人",
        "share": 1 - share,
    }
    return [first, other]


def _sources(profile: str) -> list[Plain]:
    names = {
        "S-REG": ("昀海省市场主体登记公示平台", "公共来源", ["registration", "shareholders", "officers"]),
        "S-XY": ("信用昀海（公共信用信息报告）", "公共来源", ["records"]),
        "S-BLD": (
            "行业主管部门信息公示平台",
            "公共来源",
            ["qualifications", "contracts", "people", "technology"],
        ),
        "S-BANK": ("银行授信证明", "交易对方", None),
        "S-SELF": ("企业自主申报材料", "自主申报", None),
    }
    left_out = {"S-BLD", "S-BANK"} if profile == "thin" else set()
    return [
        {
            "id": key,
            "name": name,
            "origin": origin,
            "collected_on": date(2026, 11, 17),
            "complete_for": closed,
        }
        for key, (name, origin, closed) in names.items()
        if key not in left_out
    ]
