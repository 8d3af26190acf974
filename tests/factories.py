"""Small valid inputs as they come from files: text throughout, to be changed a field at a time.

`*_data` builders return plain mappings, the others the models read from them. Every name, place and
code is made up; the codes hold both check digits and lie in a region that does not exist.
"""

import json
from pathlib import Path
from typing import Any

import yaml

from reportgen.project.model import Project
from reportgen.subject.identifiers import check_character, organisation_check
from reportgen.subject.model import Subject
from reportgen.subject.records import CreditRecord

Data = dict[str, Any]


def made_up_uscc(number: int, prefix: str = "91", region: str = "990102") -> str:
    """Return a code with right check digits; each `number` below 10⁶ gives another one."""
    organisation = f"MA{number:06d}"
    body = f"{prefix}{region}{organisation}{organisation_check(organisation)}"
    return body + check_character(body)


SUBJECT_USCC = made_up_uscc(1)
PARTNER_USCC = made_up_uscc(2)
THIRD_USCC = made_up_uscc(3)
OWNER_USCC = made_up_uscc(4, "12")
AGENT_USCC = made_up_uscc(5)


def source_data(**changes: Any) -> Data:
    """Return a public source, S1, that is a closed list for nothing."""
    return {
        "id": "S1",
        "name": "虚构省公共信用信息平台",
        "origin": "公共来源",
        "collected_on": "2026-11-20",
        **changes,
    }


def fact_data(name: str, **changes: Any) -> Data:
    """Return the id and source that every fact has."""
    return {"id": name, "source": "S1", **changes}


def registration_data(**changes: Any) -> Data:
    """Return a registration of an active firm founded in 2015."""
    return fact_data("REG") | {
        "kind": "有限责任公司",
        "legal_representative": "钟离样",
        "established_on": "2015-06-01",
        "standing": "存续",
        "address": "虚构省样本市示例路1号",
        "region": "990102",
        "authority": "样本市市场监督管理局",
        **changes,
    }


def subject_data(**changes: Any) -> Data:
    """Return a subject with one source and its registration, and nothing else."""
    return {
        "uscc": SUBJECT_USCC,
        "name": "样本甲建设有限公司",
        "as_of": "2026-11-20",
        "sources": [source_data()],
        "registration": registration_data(),
        **changes,
    }


def record_data(**changes: Any) -> Data:
    """Return a penalty of 2026-06-01, R1, whose document names no severity."""
    return fact_data("R1") | {
        "kind": "行政处罚",
        "title": "行政处罚决定",
        "authority": "样本市住房和城乡建设局",
        "determined_on": "2026-06-01",
        **({"grade": "B"} if changes.get("kind") == "综合信用等级" else {}),
        **changes,
    }


def contract_data(**changes: Any) -> Data:
    """Return a contract completed and accepted in 2025, C1, with its three papers."""
    return fact_data("C1") | {
        "name": "样本小学教学楼工程",
        "category": "房屋建筑工程",
        "owner": "样本市教育局",
        "value": "12000000",
        "signed_on": "2024-03-01",
        "ends_on": "2025-03-01",
        "accepted_on": "2025-04-01",
        "status": "已完成",
        "evidence": {"award": "中标-1", "agreement": "合同-1", "acceptance": "验收-1"},
        **changes,
    }


def statement_data(**changes: Any) -> Data:
    """Return the audited statements of 2025, F2025, which balance."""
    return fact_data("F2025") | {
        "year": "2025",
        "audited": "true",
        "current_assets": "30000000",
        "total_assets": "50000000",
        "current_liabilities": "15000000",
        "total_liabilities": "20000000",
        "equity": "30000000",
        "revenue": "60000000",
        **changes,
    }


def qualification_data(**changes: Any) -> Data:
    """Return a 资质 valid to the end of 2028, Q1."""
    return fact_data("Q1") | {
        "kind": "资质",
        "category": "建筑工程施工总承包",
        "grade": "二级",
        "authority": "虚构省住房和城乡建设厅",
        "valid_from": "2023-12-31",
        "valid_until": "2028-12-31",
        **changes,
    }


def credit_line_data(**changes: Any) -> Data:
    """Return an unused credit line of 20 million 元, B1."""
    return fact_data("B1") | {
        "bank": "样本银行",
        "limit": "20000000",
        "issued_on": "2026-09-01",
        **changes,
    }


def equipment_data(**changes: Any) -> Data:
    """Return two owned tower cranes, E1."""
    return fact_data("E1") | {"name": "塔式起重机", "count": "2", "tenure": "自有", **changes}


def person_data(**changes: Any) -> Data:
    """Return a certified project manager, P1."""
    return fact_data("P1") | {
        "name": "公羊例",
        "post": "项目经理",
        "certificate": "注册建造师",
        "grade": "一级",
        **changes,
    }


def technology_data(**changes: Any) -> Data:
    """Return a patent, T1."""
    return fact_data("T1") | {"kind": "发明专利", "name": "虚构工法", "field": "房屋建筑", **changes}


def headcount_data(**changes: Any) -> Data:
    """Return the staff at the end of 2025, H2025."""
    return fact_data("H2025") | {"year": "2025", "total": "100", "technical": "40", **changes}


def shareholder_data(**changes: Any) -> Data:
    """Return the only shareholder, G1."""
    return fact_data("G1") | {"name": "样本集团有限公司", "kind": "企业法人", "share": "1", **changes}


def project_data(**changes: Any) -> Data:
    """Return a works tender of 10 million 元 over one year, closing 2026-12-10 10:00, without lots."""
    return {
        "id": "XM-2026-001",
        "name": "样本中学综合楼工程",
        "matter": "工程招标投标",
        "region": "990102",
        "category": "房屋建筑工程",
        "owner": {"name": "样本市教育局", "uscc": OWNER_USCC},
        "role": "投标人",
        "value": "10000000",
        "period_years": "1",
        "bid_deadline": "2026-12-10T10:00:00+08:00",
        **changes,
    }


def requirement_data(kind: str = "turnover", **changes: Any) -> Data:
    """Return a hard requirement, R01; kinds other than turnover need fields of their own."""
    return {"id": "R01", "kind": kind, "clause": "第二章 1.4.1", "text": "须满足。", **changes}


def lot_data(name: str = "A", **changes: Any) -> Data:
    """Return a lot that takes value and period from its project."""
    return {"id": name, "name": f"{name} 标段", **changes}


def subject(**changes: Any) -> Subject:
    """Return `subject_data` as the model."""
    return Subject.model_validate(subject_data(**changes))


def record(**changes: Any) -> CreditRecord:
    """Return `record_data` as the model."""
    return CreditRecord.model_validate(record_data(**changes))


def project(**changes: Any) -> Project:
    """Return `project_data` as the model."""
    return Project.model_validate(project_data(**changes))


def write_yaml(path: Path, data: Data) -> Path:
    """Write a mapping as YAML and return its path."""
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def write_json(path: Path, data: Data) -> Path:
    """Write a mapping as JSON and return its path."""
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path
