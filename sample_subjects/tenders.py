"""Projects of an invented trade; no requirement speaks of place, ownership or size of capital."""

from datetime import date
from decimal import Decimal

from sample_subjects.draw import Draw, Plain, cents, later
from sample_subjects.vocabulary import Trade

_THOUSAND = Decimal(1000)


def project(draw: Draw, trade: Trade, scale: Decimal) -> Plain:
    """Return a project whose value and needs are those of its trade times `scale`."""
    owner, code = draw.owner()
    value = _round(draw.money(*trade.value) * scale)
    day = draw.day(date(2026, 12, 1), date(2026, 12, 28))
    tender = trade.matter != "财政补助"
    data: Plain = {
        "id": f"YH-2026-{draw.number(1, 9999):04d}",
        "name": f"{owner}{draw.one(trade.works)}",
        "matter": trade.matter,
        "region": code[2:8],
        "category": trade.category,
        "owner": {"name": owner, "uscc": code},
        "role": trade.role,
        "value": value,
        "period_years": 1,
        "requirements": _requirements(draw, trade, value, scale),
    }
    return data | ({"bid_deadline": f"{day}T09:30:00"} if tender else {"decision_date": later(day, 2)})


def _round(value: Decimal) -> Decimal:
    return (value / _THOUSAND).to_integral_value() * _THOUSAND


def _requirements(draw: Draw, trade: Trade, value: Decimal, scale: Decimal) -> list[Plain]:
    rows = [*_admission(trade), *_people(draw, trade, scale), *_equipment(draw, trade, scale)]
    rows += _record(trade, value) + (_builder(value) if trade.builder else [])
    return [
        {"id": f"R{index:02d}", "clause": f"第二章 1.4.{index}", **row} for index, row in enumerate(rows, 1)
    ]


def _admission(trade: Trade) -> list[Plain]:
    sort, category, grade = trade.qualification
    row: Plain = {"kind": "qualification", "text": f"须具备{category}{grade}。", "sort": sort}
    asked: Plain = {"sort": "体系认证", "category": trade.certificate, "hard": False}
    rows: list[Plain] = [
        row | {"category": category, "grade": grade or None},
        {"kind": "qualification", "text": f"具有有效的{trade.certificate}证书。", **asked},
    ]
    if trade.builder:
        safety = {"sort": "许可", "category": "安全生产许可证"}
        rows.append({"kind": "qualification", "text": "须持有有效的安全生产许可证。", **safety})
    return rows


def _people(draw: Draw, trade: Trade, scale: Decimal) -> list[Plain]:
    rows: list[Plain] = []
    for wanted, count in ((trade.leader, 1), (trade.staff, _times(draw.number(1, 3), scale))):
        post, certificate, grade, specialty = wanted
        asked = {"post": post, "certificate": certificate, "grade": grade, "specialty": specialty or None}
        rows.append(
            {
                "kind": "people",
                "text": f"须配备{post}{count}人，持{certificate}（{grade}）。",
                "count": count,
                **asked,
            }
        )
    return rows


def _equipment(draw: Draw, trade: Trade, scale: Decimal) -> list[Plain]:
    count = _times(draw.number(1, 3), scale)
    return [
        {"kind": "equipment", "text": f"{n}不少于{count}台（套）。", "name": n, "count": count}
        for n in trade.equipment
    ]


def _record(trade: Trade, value: Decimal) -> list[Plain]:
    least = _round(value * 4 / 10) if trade.builder else None
    similar: Plain = {
        "kind": "similar_works",
        "category": trade.category,
        "count": 1,
        "value": least,
        "years": 3,
    }
    technology: Plain = {
        "kind": "technology",
        "text": "有关专利、工法或者软件著作权计满2项。",
        "field": trade.category,
    }
    return [
        {"kind": "standing", "text": "投标截止时未被列为失信被执行人，未被列入严重失信主体名单。"},
        {"kind": "performance", "text": "近三年没有因自身原因被解除的合同。", "years": 3},
        similar | {"text": f"近三年完成过{trade.category}同类项目1项。", "hard": trade.builder},
        technology | {"count": 2, "hard": False},
        {
            "kind": "current_ratio",
            "text": "近三年流动比率均不小于1.0。",
            "years": 3,
            "need": "1.0",
            "hard": False,
        },
        {"kind": "liquidity", "text": "流动资金不少于三个月合同金额。", "months": 3, "hard": False},
    ]


def _builder(value: Decimal) -> list[Plain]:
    capacity: Plain = {"kind": "bid_capacity", "text": "投标能力A×N×M－B不小于最高投标限价，M取1.5。"}
    turnover: Plain = {
        "kind": "turnover",
        "text": "近三年年均营业收入不低于最高投标限价的1.2倍。",
        "years": 3,
    }
    return [
        capacity | {"multiplier": "1.5", "look_back_years": 3, "need": value},
        turnover | {"need": cents(value * Decimal("1.2"))},
    ]


def _times(count: int, scale: Decimal) -> int:
    return max(1, int(count * scale))
