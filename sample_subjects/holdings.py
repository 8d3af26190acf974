"""What an invented subject has and has done, fitted to its trade and its profile."""

from datetime import date
from decimal import Decimal

from sample_subjects.draw import AS_OF, Draw, Plain, cents, later
from sample_subjects.vocabulary import AUDITORS, BANKS, Trade

_YEARS = (2023, 2024, 2025)
_CHECKED = {"by": "编制员甲", "how": "核对原件并向发证单位查询一致", "on": date(2026, 11, 14)}


def backing(profile: str, source: str) -> Plain:
    """Return source and 核实记录 of a fact: the thin profile only declares, the others can prove."""
    if profile == "thin":
        return {"source": "S-SELF"}
    return {"source": source, "verification": _CHECKED if source == "S-SELF" else None}


def qualifications(draw: Draw, trade: Trade, profile: str) -> list[Plain]:
    """Return the trade's right to act, the safety licence of a builder, and a system certificate."""
    kind, category, grade = trade.qualification
    wanted = [(kind, category, grade), ("体系认证", trade.certificate, "")]
    if trade.builder:
        wanted.append(("许可", "安全生产许可证", ""))
    return [_qualification(draw, index, *item, profile) for index, item in enumerate(wanted, 1)]


def _qualification(draw: Draw, index: int, kind: str, category: str, grade: str, profile: str) -> Plain:
    lapsed = profile == "middling" and kind == "体系认证"
    expired = lapsed or (profile == "bad" and draw.chance(40))
    until = draw.day(date(2024, 1, 1), AS_OF) if expired else draw.day(date(2027, 3, 1), date(2029, 10, 31))
    return {
        "id": f"QUA-{index:02d}",
        **backing(profile, "S-BLD"),
        "kind": kind,
        "category": category,
        "grade": grade or None,
        "number": f"D99{draw.number(1, 9999999):07d}",
        "authority": "主管部门（虚构）",
        "valid_from": None if profile == "thin" else later(until, -1095),
        "valid_until": None if profile == "thin" else until,
    }


def statements(draw: Draw, revenue: Decimal, builder: bool, profile: str) -> list[Plain]:
    """Return three years' statements in 元, which balance to the cent; `revenue` is the first year's."""
    growth = {"good": (1.02, 1.1), "middling": (0.95, 1.05), "bad": (0.7, 0.95), "thin": (0.95, 1.08)}[
        profile
    ]
    debt = {"good": (0.3, 0.5), "middling": (0.5, 0.65), "bad": (0.75, 0.95), "thin": (0.45, 0.6)}[profile]
    margin = {"good": (0.03, 0.08), "middling": (0.005, 0.03), "bad": (-0.1, 0.0), "thin": (0.01, 0.04)}[
        profile
    ]
    rows = []
    for year in _YEARS:
        row = _balance(draw, cents(revenue * draw.share(0.55, 0.8)), draw.share(*debt))
        row |= _income(draw, cents(revenue), draw.share(*margin), builder)
        rows.append(
            {"id": f"FIN-{year}", **backing(profile, "S-SELF"), "year": year, **_audit(draw, profile), **row}
        )
        revenue *= draw.share(*growth)
    return rows


def _balance(draw: Draw, total: Decimal, debt: Decimal) -> Plain:
    liabilities = cents(total * debt)
    current, owed = cents(total * draw.share(0.7, 0.85)), cents(liabilities * draw.share(0.8, 0.95))
    return {
        "current_assets": current,
        "inventories": cents(current * draw.share(0.1, 0.3)),
        "cash": cents(current * draw.share(0.15, 0.3)),
        "total_assets": total,
        "current_liabilities": owed,
        "total_liabilities": liabilities,
        "retained_earnings": cents((total - liabilities) * draw.share(0.2, 0.5)),
        "equity": total - liabilities,
    }


def _income(draw: Draw, revenue: Decimal, margin: Decimal, builder: bool) -> Plain:
    net = cents(revenue * margin)
    before = cents(net / Decimal("0.75")) if net > 0 else net
    return {
        "revenue": revenue,
        "operating_profit": cents(before * Decimal("0.97")),
        "interest_expense": cents(revenue * draw.share(0.001, 0.01)),
        "total_profit": before,
        "net_profit": net,
        "operating_cash_flow": cents(net * draw.share(0.5, 1.4)),
        "works_revenue": cents(revenue * Decimal("0.96")) if builder else None,
    }


def _audit(draw: Draw, profile: str) -> Plain:
    if profile == "thin":
        return {"audited": False, "auditor": None}
    opinion = "保留意见" if profile == "bad" else "标准无保留意见"
    return {"audited": True, "auditor": draw.one(AUDITORS), "opinion": opinion}


def credit_lines(draw: Draw, revenue: Decimal, profile: str) -> list[Plain]:
    """Return a bank's credit line of a tenth of a year's revenue; none where there is no proof of one."""
    if profile in {"bad", "thin"}:
        return []
    limit = cents(revenue / 10)
    used = cents(limit * draw.share(0.1, 0.6))
    fact: Plain = {"id": "CRL-01", "source": "S-BANK", "bank": draw.one(BANKS), "limit": limit, "used": used}
    return [{**fact, "issued_on": date(2026, 10, 30), "valid_until": date(2027, 10, 29)}]


def contracts(draw: Draw, trade: Trade, profile: str, count: int) -> list[Plain]:
    """Return `count` contracts, about a fifth of them under way."""
    return [_contract(draw, trade, profile, index) for index in range(1, count + 1)]


def _contract(draw: Draw, trade: Trade, profile: str, index: int) -> Plain:
    owner, code = draw.owner()
    value = cents(draw.money(trade.value[0] * 2 // 3, trade.value[1]))
    going = index % 5 == 0
    signed = (
        draw.day(date(2026, 1, 5), date(2026, 9, 30))
        if going
        else draw.day(date(2023, 1, 5), date(2025, 6, 30))
    )
    fact: Plain = {
        "id": f"CON-{index:04d}",
        **backing(profile, "S-BLD"),
        "name": f"{owner}{draw.one(trade.works)}（{signed.year}年第{index}号）",
        "category": trade.category,
        "owner": owner,
        "owner_uscc": code,
        "value": value,
        "signed_on": signed,
        "ends_on": later(signed, draw.number(180, 360)),
    }
    return {**fact, **(_going(draw, value) if going else _outcome(draw, profile, signed, index))}


def _going(draw: Draw, value: Decimal) -> Plain:
    performance = {"delay_days": 0, "penalised": False, "wage_arrears": False, "disputed": False}
    remaining = cents(value * draw.share(0.1, 0.8))
    return {
        "status": "在建",
        "remaining": remaining,
        "evidence": _papers(draw, "S", 2),
        "performance": performance,
    }


def _outcome(draw: Draw, profile: str, signed: date, index: int) -> Plain:
    if profile == "bad" and draw.chance(20):
        return {"status": "因承包方原因终止", "performance": {"disputed": True, "evaluation": "差"}}
    late = 0 if profile == "good" else draw.one((0, 15, 40, 95))
    return {
        "accepted_on": later(signed, 400 + late),
        "status": "已完成",
        "evidence": _papers(draw, str(index), draw.number(0, 1) if profile == "thin" else 3),
        "performance": None if profile == "thin" else _performance(draw, profile, late),
    }


def _papers(draw: Draw, mark: str, count: int) -> Plain:
    names = (("agreement", "合同协议书"), ("award", "中标通知书"), ("acceptance", "验收证书"))
    return {key: f"{name} {mark}-{draw.number(1, 9999):04d}" for key, name in names[:count]}


def _performance(draw: Draw, profile: str, late: int) -> Plain:
    trouble = {"good": 0, "middling": 25, "bad": 40}[profile]
    return {
        "delay_days": late,
        "acceptance": "合格",
        "penalised": draw.chance(trouble),
        "wage_arrears": draw.chance(trouble),
        "disputed": draw.chance(trouble),
        "evaluation": "好" if trouble == 0 else draw.one(("好", "中", "差")),
    }


def technology(draw: Draw, trade: Trade, profile: str) -> list[Plain]:
    """Return technology of the trade's field; a middling or bad firm has none."""
    count = {"good": 4, "middling": 0, "bad": 0, "thin": 2}[profile]
    return [
        {
            "id": f"TEC-{index:02d}",
            **backing(profile, "S-BLD"),
            "kind": trade.technology[index % 2],
            "name": f"{trade.category}方法之{index}",
            "field": trade.category,
            "number": f"ZL2022{draw.number(1, 9999):04d}990{draw.number(1, 999):03d}.X",
            "granted_on": draw.day(date(2022, 1, 1), date(2025, 12, 31)),
            "valid_until": draw.day(date(2030, 1, 1), date(2042, 12, 31)),
        }
        for index in range(1, count + 1)
    ]


def equipment(draw: Draw, trade: Trade, profile: str) -> list[Plain]:
    """Return the trade's equipment, some of it tied up on other works."""
    most = {"good": 8, "middling": 7, "bad": 2, "thin": 4}[profile]
    rows: list[Plain] = []
    for index, name in enumerate(trade.equipment, 1):
        count = draw.number(most // 2 + 1, most)
        fact: Plain = {
            "id": f"EQP-{index:02d}",
            **backing(profile, "S-SELF"),
            "name": name,
        }
        fact |= {"count": count, "tenure": draw.one(("自有", "自有", "租赁")), "life_years": 12}
        fact |= {"commissioned_on": draw.day(date(2019, 1, 1), date(2024, 12, 31))}
        rows.append({**fact, "committed": draw.number(0, count // 3), "committed_until": date(2027, 6, 30)})
    return rows


def people(draw: Draw, trade: Trade, profile: str) -> list[Plain]:
    """Return leaders and staff with their certificates."""
    leaders, staff = {"good": (3, 8), "middling": (2, 5), "bad": (1, 2), "thin": (1, 4)}[profile]
    return [_person(draw, trade.leader, profile, index) for index in range(1, leaders + 1)] + [
        _person(draw, trade.staff, profile, index) for index in range(leaders + 1, leaders + staff + 1)
    ]


def _person(draw: Draw, wanted: tuple[str, str, str, str], profile: str, index: int) -> Plain:
    post, certificate, grade, specialty = wanted
    engaged = index > 1 and draw.chance(25)
    return {
        "id": f"PER-{index:02d}",
        **backing(profile, "S-BLD"),
        "name": draw.person(),
        "post": post,
        "certificate": certificate,
        "grade": grade,
        "specialty": specialty or None,
        "number_tail": f"{draw.number(1, 9999):04d}",
        "valid_until": None if profile == "thin" else draw.day(date(2027, 6, 1), date(2029, 12, 31)),
        "engaged_on": "其他在建项目" if engaged else None,
        "engaged_until": date(2027, 5, 31) if engaged else None,
    }


def headcounts(draw: Draw, profile: str) -> list[Plain]:
    """Return staff at the end of three years; a thin profile does not say who is insured."""
    total, rows = draw.number(40, 240), []
    for year in _YEARS:
        technical, left = total * draw.number(30, 60) // 100, draw.number(1, max(1, total // 8))
        fact: Plain = {"id": f"HC-{year}", **backing(profile, "S-SELF"), "year": year, "total": total}
        rows.append(
            {**fact, "technical": technical, "left": left, "insured": None if profile == "thin" else total}
        )
        total += draw.number(-3, 6)
    return rows
