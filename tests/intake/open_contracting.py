"""Made-up OCDS releases, to be changed a part at a time."""

from typing import Any

from tests.factories import AGENT_USCC, OWNER_USCC, Data

OCID = "ocds-a1b2c3-JCYP-2026-0233"


def party(name: str, uscc: str, **changes: Any) -> Data:
    """Return an organisation with its code, in the region 990102."""
    return {
        "id": f"CN-USCI-{uscc}",
        "name": name,
        "identifier": {"scheme": "CN-USCI", "id": uscc, "legalName": name},
        "address": {"region": "990102", "locality": "霁川市", "postalCode": "999000", "countryName": "中国"},
        "contactPoint": {"name": "联系人样", "telephone": "000-0000"},
        **changes,
    }


OWNER = party("霁川市云屏区听荷小学", OWNER_USCC, roles=["procuringEntity", "buyer"])
AGENT = party("霁川衡笺工程管理咨询有限公司", AGENT_USCC, roles=["procuringEntity"])


def tender_data(**changes: Any) -> Data:
    """Return an open tender of works in two lots."""
    return {
        "id": "0233",
        "title": "听荷小学食堂及风雨操场新建工程施工",
        "description": "建筑面积 5180 平方米，地上三层框架结构。",
        "procuringEntity": {"id": OWNER["id"], "name": OWNER["name"]},
        "procurementMethod": "open",
        "procurementMethodDetails": "公开招标",
        "mainProcurementCategory": "works",
        "value": {"amount": 18600000.10, "currency": "CNY"},
        "tenderPeriod": {"startDate": "2026-11-20T09:00:00+08:00", "endDate": "2026-12-10T10:00:00+08:00"},
        "contractPeriod": {"startDate": "2027-01-01T00:00:00+08:00", "endDate": "2028-06-30T23:59:59+08:00"},
        "lots": [
            {"id": "A", "title": "食堂", "value": {"amount": 11000000, "currency": "CNY"}},
            {"id": "B", "title": "风雨操场", "contractPeriod": {"durationInDays": 365}},
        ],
        "selectionCriteria": {
            "criteria": [
                {
                    "type": "technical",
                    "description": "具备建筑工程施工总承包三级及以上资质。",
                    "minimum": "三级",
                },
                {
                    "type": "economic",
                    "description": "近三年年均营业收入不低于 2800 万元。",
                    "minimum": 28000000,
                },
            ]
        },
        "exclusionGrounds": {
            "criteria": [{"description": "被列入失信被执行人名单"}, {"description": "与招标人存在利害关系"}]
        },
        "documents": [{"id": "1", "documentType": "biddingDocuments", "title": "招标文件"}],
        **changes,
    }


def release_data(**changes: Any) -> Data:
    """Return a release of a tender."""
    return {
        "ocid": OCID,
        "id": "1",
        "date": "2026-11-20T09:00:00+08:00",
        "tag": ["tender"],
        "initiationType": "tender",
        "buyer": {"id": OWNER["id"], "name": OWNER["name"]},
        "parties": [OWNER, AGENT],
        "tender": tender_data(),
        **changes,
    }


def package(*releases: Data) -> Data:
    """Return a release package of version 1.1."""
    return {"version": "1.1", "publishedDate": "2026-11-20T09:00:00+08:00", "releases": list(releases)}
