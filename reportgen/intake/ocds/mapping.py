"""One contracting process as the fields of a project: what OCDS says for certain, in words what it does not.

What has no field is kept verbatim in the note. Money in another currency than CNY is no sum in 元, a day is no
moment, and free text is no requirement: each of these is told, and asked of the caller.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from reportgen.intake.ocds.releases import Release, items, mapping
from reportgen.subject.matter import Matter
from reportgen.subject.warnings import Caution

SCHEME = "CN-USCI"
_LONGEST_NOTE = 5000
_YEAR = 365
_TENDERED = {"open", "selective"}
_PUBLIC_BODIES = ("11", "12", "13")
"""机关, 事业单位 and 编办直接管理机构: what they buy is 政府采购."""
_WHO = r"(?:投标人|供应商|申请人|投标申请人)?"
_DEFAULTER = re.compile(rf"{_WHO}(?:已?被(?:人民法院)?(?:列为|列入))?失信被执行人(?:名单)?(?:的)?")
_SERIOUS = re.compile(
    rf"{_WHO}(?:已?被列入)?(?:严重失信主体|重大税收违法(?:案件当事人|失信主体)|政府采购严重违法失信行为(?:记录|信息记录)?)名单(?:的)?"
)
_ASKED = {
    "category": "OCDS 没有这一项，用 --category 给出",
    "region": "招标人的地址没有六位行政区划代码，用 --region 给出",
}
_WORDS = {
    "submissionMethodDetails": "递交方式",
    "procurementMethodDetails": "采购方式",
    "procurementMethodRationale": "采用该方式的理由",
    "eligibilityCriteria": "资格条件（eligibilityCriteria）",
    "awardCriteriaDetails": "评审标准",
    "description": "说明",
}


@dataclass
class Mapped:
    """The fields of a project, why others are absent, and what the desk is told."""

    fields: dict[str, Any] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=lambda: dict(_ASKED))
    remarks: list[Caution] = field(default_factory=list)

    def remark(self, path: str, text: str) -> None:
        """Tell the desk of a part of the file."""
        self.remarks.append(Caution(path=path, text=text))


def project_fields(ocid: str, release: Release) -> Mapped:
    """Return what a contracting process says of a project."""
    tender, found = mapping(release.get("tender")), Mapped()
    number = tender.get("id")
    found.fields["id"] = ocid if number in (None, "", ocid) else f"{ocid}:{number}"
    if title := _said(tender, "title"):
        found.fields["name"] = title
    _parties(release, tender, found)
    _matter(tender, found)
    _put(found, "value", _value(tender.get("value"), "tender.value", found))
    _put(found, "period_years", _years(tender.get("contractPeriod"), "tender.contractPeriod", found))
    _deadline(tender, found)
    found.fields["lots"] = list(_lots(tender, found))
    found.fields["requirements"] = list(_grounds(tender))
    _note(ocid, tender, found)
    return found


def _said(data: Mapping[str, Any], name: str) -> str:
    """Return a text, in Chinese where the file has it in several languages."""
    found = (data.get(key) for key in (f"{name}_zh", f"{name}_zh-CN", f"{name}_zh-Hans", name))
    return next((text.strip() for text in found if isinstance(text, str) and text.strip()), "")


def _put(found: Mapped, name: str, value: object) -> None:
    if value is not None:
        found.fields[name] = value


def _parties(release: Release, tender: Mapping[str, Any], found: Mapped) -> None:
    """Take the owner: the procuring entity or the buyer, where they are one or only one is named."""
    named = {
        "procuringEntity": tender.get("procuringEntity"),
        "buyer": release.get("buyer") or tender.get("buyer"),
    }
    parties = {name: _party(release, item) for name, item in named.items() if mapping(item)}
    if not parties:
        found.absent["owner"] = "没有 procuringEntity 与 buyer"
    elif len({(party.get("uscc") or party.get("name")) for party in parties.values()}) > 1:
        names = "、".join(str(party.get("name", "")) for party in parties.values())
        found.absent["owner"] = (
            f"procuringEntity 与 buyer 不同（{names}），谁是招标人（采购人）、谁是代理机构须写明"
        )
    else:
        _owner(next(iter(parties.values())), found)


def _owner(party: dict[str, Any], found: Mapped) -> None:
    if "uscc" not in party:
        found.absent["owner"] = f"{party.get('name', '')}没有 scheme 为 {SCHEME} 的 identifier"
        return
    found.fields["owner"] = {name: party[name] for name in ("name", "uscc") if name in party}
    region = mapping(party.get("address")).get("region")
    if isinstance(region, str) and re.fullmatch(r"[0-9]{6}", region):
        found.fields["region"] = region


def _party(release: Release, reference: object) -> dict[str, Any]:
    own = mapping(reference)
    listed = next((item for item in items(release.get("parties")) if item.get("id") == own.get("id")), {})
    both = {**own, **listed}
    identifiers = [mapping(both.get("identifier")), *items(both.get("additionalIdentifiers"))]
    codes = [str(item.get("id", "")).strip() for item in identifiers if item.get("scheme") == SCHEME]
    name = _said(mapping(both.get("identifier")), "legalName") or _said(both, "name")
    party = {"name": name, "address": both.get("address")}
    return {**party, "uscc": codes[0]} if codes else party


def _matter(tender: Mapping[str, Any], found: Mapped) -> None:
    """Take the matter by the rule of docs/ocds.md."""
    sort, method = tender.get("mainProcurementCategory"), tender.get("procurementMethod")
    public = str(mapping(found.fields.get("owner")).get("uscc", ""))[:2] in _PUBLIC_BODIES
    if sort == "works" and method in _TENDERED:
        matter = Matter.WORKS_TENDER
    elif sort in {"goods", "services"} and public:
        matter = Matter.GOVERNMENT_PROCUREMENT
    else:
        found.absent["matter"] = (
            f"采购类别 {sort or '（空）'}、方式 {method or '（空）'} 不能确定是工程招标投标还是政府采购"
        )
        return
    found.fields["matter"] = matter


def _value(value: object, path: str, found: Mapped) -> str | None:
    """Return a sum in 元, nothing for another currency or an absent one."""
    told = mapping(value)
    if told.get("amount") is None:
        return None
    currency = told.get("currency")
    if currency != "CNY":
        text = f"金额 {told['amount']} 的币种为 {currency or '（空）'}，不折算，只记在备注中"
        found.remark(path, text)
        found.absent.setdefault(_last(path), text)
        return None
    return str(told["amount"])


def _last(path: str) -> str:
    return "value" if path == "tender.value" else path


def _years(period: object, path: str, found: Mapped) -> str | None:
    """Return a contract's length in years of 365 days with two places; both end days count."""
    told = mapping(period)
    try:
        if {"startDate", "endDate"} <= told.keys():
            start, end = (datetime.fromisoformat(str(told[name])).date() for name in ("startDate", "endDate"))
            days = Decimal((end - start).days + 1)
        elif "durationInDays" in told:
            days = Decimal(str(told["durationInDays"]))
        else:
            return None
        years = (days / _YEAR).quantize(Decimal("0.01"))
    except (ValueError, InvalidOperation):
        found.remark(path, "不是有效的期间，没有读取")
        return None
    if years <= 0:
        found.remark(path, "期间不足四天，没有读取")
        return None
    return str(years)


def _deadline(tender: Mapping[str, Any], found: Mapped) -> None:
    end = mapping(tender.get("tenderPeriod")).get("endDate")
    if isinstance(end, str) and "T" in end:
        found.fields["bid_deadline"] = end
    else:
        found.absent["bid_deadline"] = f"tenderPeriod.endDate 为 {end or '（空）'}，没有写明几时几分"


def _lots(tender: Mapping[str, Any], found: Mapped) -> Iterator[dict[str, Any]]:
    for index, lot in enumerate(items(tender.get("lots"))):
        path = f"tender.lots[{index}]"
        name = str(lot.get("id", ""))
        data = {"id": name, "name": _said(lot, "title") or _said(lot, "description")[:200] or f"标段 {name}"}
        value = _value(lot.get("value"), f"{path}.value", found)
        years = _years(lot.get("contractPeriod"), f"{path}.contractPeriod", found)
        data |= {"value": value} if value is not None else {}
        yield data | ({"period_years": years} if years is not None else {})


def criteria(value: object) -> list[str]:
    """Return the words of criteria, which stand as a text, a list, or under `criteria`, each with its type and minimum."""
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    listed = mapping(value).get("criteria") if isinstance(value, dict) else value
    return [text for item in items(listed) if (text := _criterion(item))]


def _criterion(item: Mapping[str, Any]) -> str:
    kind, minimum, lot = (str(item.get(name) or "") for name in ("type", "minimum", "relatedLot"))
    words = [f"[{kind}]" if kind else "", _said(item, "description")]
    words += [f"最低 {minimum}" if minimum else "", f"标段 {lot}" if lot else ""]
    return " ".join(word for word in words if word)


def _grounds(tender: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the exclusion grounds that name the lists of the law and nothing else, as requirements of 信誉."""
    value = tender.get("exclusionGrounds")
    texts = (
        [value]
        if isinstance(value, str)
        else [_said(i, "description") for i in items(mapping(value).get("criteria"))]
    )
    for index, text in enumerate(texts):
        plain = re.sub(r"[\s“”\"。；;，]", "", text)
        defaulter, serious = _DEFAULTER.fullmatch(plain), _SERIOUS.fullmatch(plain)
        if defaulter or serious:
            yield {
                "id": f"OCDS-E{index + 1}",
                "kind": "standing",
                "clause": f"exclusionGrounds（{index + 1}）",
                "text": text,
                "defaulter": bool(defaulter),
                "serious_lists": bool(serious),
            }


def _note(ocid: str, tender: Mapping[str, Any], found: Mapped) -> None:
    """Keep in the note what has no field of its own, word by word."""
    lines = [f"取自 OCDS {ocid}", *_verbatim(tender)]
    for name, title in (
        ("selectionCriteria", "资格要求（selectionCriteria）"),
        ("exclusionGrounds", "排除情形（exclusionGrounds）"),
    ):
        lines += [f"{title}：{text}" for text in criteria(tender.get(name))]
        for lot in items(tender.get("lots")):
            lines += [f"标段 {lot.get('id', '')} {title}：{text}" for text in criteria(lot.get(name))]
    lines += [f"文件 {text}" for document in items(tender.get("documents")) if (text := _document(document))]
    note = "\n".join(lines)
    if len(note) > _LONGEST_NOTE:
        found.remark("note", f"原文共 {len(note)} 字，备注只存前 {_LONGEST_NOTE} 字，其余见原件")
    found.fields["note"] = note[:_LONGEST_NOTE]
    if any(
        criteria(tender.get(name))
        for name in ("selectionCriteria", "exclusionGrounds", "eligibilityCriteria")
    ):
        taken = len(found.fields["requirements"])
        found.remark(
            "requirements", f"资格要求是自由文字，读出要求项 {taken} 项，其余在备注中，请对照招标文件补充"
        )


def _verbatim(tender: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{word}：{text}" for name, word in _WORDS.items() if (text := _said(tender, name)))
    value = mapping(tender.get("value"))
    if value and value.get("currency") != "CNY":
        yield f"金额：{value.get('amount', '')} {value.get('currency', '')}"


def _document(document: Mapping[str, Any]) -> str:
    words = (
        str(document.get("documentType") or ""),
        _said(document, "title"),
        str(document.get("url") or ""),
    )
    return " ".join(word for word in words if word)
