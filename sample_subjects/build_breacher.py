"""Build subjects/05-breacher.yaml: a firm with 181 rows of 严重失信, the same from every run.

Run `python -m sample_subjects.build_breacher` after a change here or in what it draws from.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

from sample_subjects import credit
from sample_subjects import vocabulary as words
from sample_subjects.draw import AS_OF, Draw, Plain, cents, later
from sample_subjects.writing import to_yaml

FILE = Path(__file__).parent / "subjects" / "05-breacher.yaml"
SEED = 20261120
DEFAULTS, LISTINGS = 174, 7

_USCC = "9199040071C5J0814Q"
_NAME = "澍宁岌桓建设集团有限公司"
_HEAD = f"""虚构样本：名称、人员、代码、金额均不对应任何真实单位或个人
房屋建筑企业，用于小项目（不具备）
严重失信信息共 {DEFAULTS + LISTINGS} 条：失信被执行人 {DEFAULTS} 条、严重失信主体名单 {LISTINGS} 条
本文件由 sample_subjects/build_breacher.py 生成，请改脚本，不要改本文件"""
_NOTES = {
    "sources": "来源",
    "registration": "登记信息",
    "statements": "财务报表，单位：元；所有者权益已为负数",
    "contracts": "合同业绩与履约，单位：元",
    "records": "信用记录：先严重失信，后其他",
}
_LISTS = (
    ("拖欠农民工工资失信联合惩戒对象名单", "人力资源和社会保障局", "劳动保障违法"),
    ("重大税收违法失信主体", "税务局", "纳税违法"),
    ("建筑市场严重失信主体名单", "住房和城乡建设局", "质量安全环保事故"),
)
_OTHERS = {
    "被执行人": 14,
    "行政处罚": 6,
    "民事裁判": 4,
    "未决诉讼": 3,
    "行政许可": 4,
    "行政检查": 2,
    "信用承诺": 2,
}
_BANKRUPT = "2025年11月被裁定受理破产清算；另有失信被执行人信息63条。"
_SOURCES: list[Plain] = [
    {
        "id": "S-REG",
        "name": "昀海省市场主体登记公示平台",
        "origin": "公共来源",
        "collected_on": "2026-11-18",
        "complete_for": ["registration", "changes", "shareholders", "officers"],
    },
    {
        "id": "S-XY",
        "name": "信用昀海（公共信用信息报告）",
        "origin": "公共来源",
        "collected_on": "2026-11-19",
        "location": "报告编号 20261119170902610855D0",
        "complete_for": ["records"],
    },
    {
        "id": "S-BLD",
        "name": "昀海省建筑市场监管公共服务平台",
        "origin": "公共来源",
        "collected_on": "2026-11-17",
        "complete_for": ["qualifications", "contracts", "people"],
    },
    {"id": "S-SELF", "name": "企业自主申报材料", "origin": "自主申报", "collected_on": "2026-11-13"},
]
_REGISTRATION: Plain = {
    "id": "REG",
    "source": "S-REG",
    "kind": "有限责任公司（自然人投资或控股）",
    "legal_representative": "段崇岌",
    "established_on": "2003-05-08",
    "standing": "存续",
    "address": "昀海省澍宁市雁渡区长桥路188号岌桓大厦",
    "region": "990402",
    "authority": "澍宁市市场监督管理局",
    "capital": "300000000",
    "paid_in": "52000000",
    "term_from": "2003-05-08",
    "term_until": "2099-12-31",
    "industry": "E 建筑业／47 房屋建筑业",
    "scope": "房屋建筑和市政基础设施项目工程总承包；建筑装饰；房屋租赁。",
}
_CHANGES: tuple[Plain, ...] = (
    {"on": "2012-08-21", "item": "名称变更", "before": "澍宁岌桓建筑安装工程有限公司", "after": _NAME},
    {"on": "2013-01-15", "item": "注册资本变更", "before": "5200万元人民币", "after": "30000万元人民币"},
    {"on": "2023-10-11", "item": "股权冻结", "before": "未冻结", "after": "段崇岌所持23400万元股权被冻结"},
)
_RIGHTS: tuple[Plain, ...] = (
    {
        "source": "S-BLD",
        "kind": "资质",
        "category": "建筑工程施工总承包",
        "grade": "一级",
        "number": "D199000077",
        "authority": "住房和城乡建设主管部门",
        "valid_from": "2023-12-21",
        "valid_until": "2028-12-21",
    },
    {
        "source": "S-BLD",
        "kind": "许可",
        "category": "安全生产许可证",
        "number": "（昀）JZ安许证字〔2024〕000913",
        "authority": "昀海省住房和城乡建设厅",
        "valid_from": "2024-03-04",
        "valid_until": "2027-03-03",
    },
)
_YEARS = (
    (2023, "412650318.44", "436802177.90", "218640255.13", "-31864410.20"),
    (2024, "361204871.06", "447190920.01", "96318402.77", "-61834189.49"),
    (2025, "318775402.38", "459633591.45", "40127733.50", "-54872140.12"),
)
_CONTRACTS = (
    ("岌桓御景二期住宅工程", "双鹤县住房保障中心", "26800", "2021-03-01", "2023-12-20", 310),
    ("雁渡区安置房C地块工程", "霁川市雁渡区征收安置中心", "18850", "2021-08-16", "2024-06-28", 244),
    ("澍宁市第三医院门诊楼工程", "澍宁市第三医院", "9640", "2022-05-09", "2025-01-15", 173),
    ("蓼原市体育馆工程", "蓼原市体育中心", "13200", "2022-09-19", None, None),
    ("双鹤县物流园一期工程", "双鹤县物流园区管理中心", "7360", "2023-06-12", None, None),
    ("砚林市实验学校工程", "砚林市实验学校", "11900", "2023-08-28", None, None),
)
_EQUIPMENT: Plain = {
    "id": "EQP-01",
    "source": "S-SELF",
    "name": "塔式起重机",
    "specification": "QTZ80",
    "count": 6,
    "tenure": "自有",
    "commissioned_on": "2012-06-01",
    "life_years": 15,
}
_PERSON: Plain = {
    "id": "PER-01",
    "source": "S-BLD",
    "name": "慕容岱",
    "post": "项目经理",
    "certificate": "注册建造师",
    "grade": "一级",
    "specialty": "建筑工程",
    "number_tail": "5501",
    "valid_until": "2027-06-30",
}


def build() -> Plain:
    """Return the subject as its file holds it."""
    draw = Draw(SEED, "breacher")
    serious = [credit.defaulter(draw, date(2019, 3, 1)) for _ in range(DEFAULTS)]
    serious += [_listing(draw) for _ in range(LISTINGS)]
    serious.sort(key=lambda row: str(row["determined_on"]), reverse=True)
    others = [credit.make(draw, kind) for kind, count in _OTHERS.items() for _ in range(count)]
    return {
        **_identity(),
        "statements": [_statement(*year) for year in _YEARS],
        "contracts": [_contract(draw, *contract) for contract in _CONTRACTS],
        "equipment": [_EQUIPMENT],
        "people": [_PERSON],
        "records": credit.numbered([*serious, *others], "S-XY"),
    }


def main() -> None:
    """Write the file."""
    FILE.write_text(to_yaml(build(), _HEAD, _NOTES), "utf-8")


def _listing(draw: Draw) -> Plain:
    title, office, misconduct = draw.one(_LISTS)
    on, area = draw.day(date(2024, 2, 1), later(AS_OF, -60)), words.AREAS[draw.area()]
    return {
        "kind": "严重失信主体名单",
        "title": title,
        "authority": area[0] + office,
        "determined_on": on,
        "number": f"{area[1][0]}失列〔{on.year}〕{draw.number(1, 60):03d}号",
        "category": "列入严重失信主体名单",
        "content": f"列入{title}，在政府资金支持、政府采购、招标投标、市场准入等方面依法受到限制，期限三年。",
        "severity": "严重",
        "misconduct": misconduct,
        "fulfilment": "全部未履行",
        "published_on": later(on, draw.number(3, 12)),
        "valid_from": on,
        "valid_until": later(on, 1095),
    }


def _identity() -> Plain:
    other = {"name": "澍宁岌桓置业有限公司", "standing": "清算"}
    reg: Plain = {"source": "S-REG"}
    return {
        "uscc": _USCC,
        "name": _NAME,
        "former_names": ["澍宁岌桓建筑安装工程有限公司"],
        "as_of": AS_OF,
        "sources": _SOURCES,
        "registration": _REGISTRATION,
        "changes": [{"id": f"CHG-{n:02d}", **reg, **change} for n, change in enumerate(_CHANGES, 1)],
        "shareholders": [
            {"id": "SHR-01", **reg, "name": "段崇岌", "kind": "自然人", "share": "0.78", "controls": True},
            {"id": "SHR-02", **reg, "name": "段崇桓", "kind": "自然人", "share": "0.22"},
        ],
        "officers": [
            {
                "id": "OFF-01",
                **reg,
                "name": "段崇岌",
                "post": "法定代表人、董事长",
                "links": [other | {"post": "法定代表人"}],
            },
            {"id": "OFF-02", **reg, "name": "段崇桓", "post": "监事"},
        ],
        "related": [{"id": "REL-01", **reg, **other, "relation": "同一实际控制人", "adverse": _BANKRUPT}],
        "qualifications": [{"id": f"QUA-{n:02d}", **row} for n, row in enumerate(_RIGHTS, 1)],
    }


def _statement(year: int, assets: str, debts: str, revenue: str, profit: str) -> Plain:
    total, owed, lost = Decimal(assets), Decimal(debts), Decimal(profit)
    current = cents(total * Decimal("0.71"))
    return {
        "id": f"FIN-{year}",
        "source": "S-SELF",
        "verification": {"by": "编制员甲", "how": "审计报告原件与报备赋码核验一致", "on": "2026-11-15"},
        "year": year,
        "audited": True,
        "auditor": words.AUDITORS[2],
        "opinion": "保留意见" if year < 2025 else "无法表示意见",
        "current_assets": current,
        "inventories": cents(current * Decimal("0.38")),
        "cash": cents(current * Decimal("0.012")),
        "total_assets": total,
        "current_liabilities": cents(owed * Decimal("0.93")),
        "total_liabilities": owed,
        "retained_earnings": total - owed - 52_000_000,
        "equity": total - owed,
        "revenue": Decimal(revenue),
        "operating_profit": lost,
        "interest_expense": cents(owed * Decimal("0.024")),
        "total_profit": lost,
        "net_profit": lost,
        "operating_cash_flow": cents(lost * Decimal("0.8")),
        "works_revenue": cents(Decimal(revenue) * Decimal("0.97")),
    }


def _contract(
    draw: Draw, name: str, owner: str, value: str, signed: str, accepted: str | None, late: int | None
) -> Plain:
    # The code is invented; whose work it is belongs to the story.
    _, code = draw.owner()
    mark = draw.number(100, 999)
    poor = {"wage_arrears": True, "disputed": True, "penalised": True, "evaluation": "差"}
    return {
        "id": f"CON-{mark}",
        "source": "S-BLD",
        "name": name,
        "category": "房屋建筑工程",
        "owner": owner,
        "owner_uscc": code,
        "value": int(value) * 10_000,
        "signed_on": signed,
        "accepted_on": accepted,
        "status": "已完成" if accepted else "因承包方原因终止",
        "evidence": {
            "award": f"澍公资中{mark}号",
            "agreement": f"HT-{mark}",
            "acceptance": accepted and f"竣验{mark}",
        },
        "performance": poor | {"delay_days": late, "acceptance": "整改后合格" if accepted else None},
    }


if __name__ == "__main__":
    main()
