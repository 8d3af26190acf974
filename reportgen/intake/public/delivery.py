"""A report turned into a delivery (报送): records, 资质 and the registration, as one public source tells them.

Only what is certain is told, and everything else is remarked upon. The report closes the list of
公共信用信息 only where it says how many there are under each head and every one of them was read: it knows no
judgments but those handed to it, no licences of other bodies, no contracts and no statements, and closes none
of those lists.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from reportgen.errors import Fault, ReportgenError
from reportgen.faults import faults_of
from reportgen.intake.public import values
from reportgen.intake.public.records import UnreadError, fact_of
from reportgen.intake.public.shape import PublicReport, Row, column, remark, section, unit
from reportgen.intake.public.values import UnclearError
from reportgen.intake.refused import refused
from reportgen.subject.base import Fact, Origin
from reportgen.subject.delivery import Delivery
from reportgen.subject.identity import contradictions, fact_id, identity, said
from reportgen.subject.model import Registration, Standing
from reportgen.subject.records import PUBLIC_RECORDS, CreditRecord, Head
from reportgen.subject.warnings import Caution

SOURCE = "public-report"
_STANDINGS = {
    "在营": Standing.ACTIVE,
    "开业": Standing.ACTIVE,
    "在册": Standing.ACTIVE,
    "在业": Standing.ACTIVE,
}
_NATIONAL = "国家公共信用和地理空间信息中心"
_REGISTERED = {
    "kind": "主体类型",
    "legal_representative": "法定代表人",
    "established_on": "成立日期",
    "standing": "登记状态",
    "address": "住所",
    "authority": "登记机关",
}
_ELSEWHERE = {"名称", "统一社会信用代码", "曾用名", "注册资本", "经营范围", *_REGISTERED.values()}


@dataclass(frozen=True)
class Reading:
    """What was read: the delivery, and what the desk is told of the reading."""

    delivery: Delivery
    remarks: tuple[Caution, ...]


def delivery_of(report: PublicReport, file: str, sha256: str) -> Reading:
    """Return what a report tells; `file` and `sha256` are kept as evidence.

    Raises E0301 where it does not say whom it is of and when it was made.
    """
    remarks = [remark("标签", f"报告将主体标为“{label}”") for label in report.labels] + report.unread
    basics = _basics(report, remarks)
    source = _source(report, file, sha256)
    facts, unread = _facts(report.rows, source["id"], remarks)
    miscounted = list(_miscounted(report))
    remarks += miscounted
    if _closed(report, unread, miscounted):
        source["complete_for"] = (PUBLIC_RECORDS,)
    else:
        remarks.append(
            remark("全文", "有没读到或对不上的，这份报告不作为公共信用信息的完整名单：没有列出不等于没有")
        )
    data = {
        "uscc": basics.get("统一社会信用代码"),
        "name": basics.get("名称"),
        "former_names": tuple(
            name for name in basics.get("曾用名", "").replace("；", "、").split("、") if name
        ),
        "source": source,
        "registration": _registration(basics, source["id"], remarks),
        **facts,
    }
    return Reading(_valid(data, file), tuple(remarks))


def _valid(data: dict[str, Any], file: str) -> Delivery:
    try:
        delivery = Delivery.model_validate({name: value for name, value in data.items() if value is not None})
    except ValidationError as error:
        raise ReportgenError("E0301", path=file, faults=faults_of(error)) from error
    if faults := refused(delivery.model_dump()):
        raise ReportgenError("E0301", path=file, faults=faults)
    return delivery


def _basics(report: PublicReport, remarks: list[Caution]) -> dict[str, str]:
    found = {column(label): text for label, text in report.basics.items()}
    basics = {name: text for name, text in found.items() if name in _ELSEWHERE}
    basics.setdefault("登记状态", report.cover.get("登记状态", ""))
    strange = [label for label in report.basics if column(label) not in _ELSEWHERE]
    if strange:
        remarks.append(remark("基本信息", f"没有去处的栏目 {'、'.join(strange)}，没有读取"))
    return {str(name): text for name, text in basics.items() if text}


def _source(report: PublicReport, file: str, sha256: str) -> dict[str, Any]:
    """Return the source; the same issuer's next report replaces it."""
    number, issuer = report.cover.get("报告编号", ""), report.cover.get("出具单位", "")
    other = "" if issuer in {"", _NATIONAL} else f"-{hashlib.sha256(issuer.encode()).hexdigest()[:8]}"
    version = report.cover.get("版本", "")
    told = [f"报告编号 {number}" if number else "", f"版本 {version}" if version else "", f"文件 {file}"]
    return {
        "id": f"{SOURCE}{other}",
        "name": f"公共信用信息报告（{issuer}）"[:200] if issuer else "公共信用信息报告",
        "origin": Origin.OFFICIAL,
        "collected_on": _made_on(report, file),
        "location": "；".join(text for text in told if text)[:500],
        "sha256": sha256,
    }


def _made_on(report: PublicReport, file: str) -> date:
    said_ = report.cover.get("生成时间", "")
    try:
        day = values.day_of(said_) if said_ else None
    except UnclearError:
        day = None
    if day is None:
        what = "缺少此项" if not said_ else f"不是日期：{said_}"
        raise ReportgenError("E0301", path=file, faults=[Fault("E0301", "生成时间", what)])
    return day


def _facts(
    rows: Sequence[Row], source: str, remarks: list[Caution]
) -> tuple[dict[str, tuple[Fact, ...]], list[Row]]:
    """Return the facts by collection, each thing once, and the rows that could not be read."""
    found: list[tuple[str, Fact]] = []
    unread: list[Row] = []
    for row in rows:
        try:
            found.append(fact_of(row, source, remarks))
        except UnreadError as error:
            unread.append(row)
            remarks.append(remark(row.place, f"没有读取，{error}"))
    keyed = sorted(found, key=lambda item: (item[0], identity(*item)))
    same = [(name, [fact for _, fact in group]) for (name, _), group in groupby(keyed, key=_thing)]
    facts: dict[str, tuple[Fact, ...]] = {}
    for name, told in same:
        facts[name] = (*facts.get(name, ()), _once(name, told, remarks))
    return facts, unread


def _thing(item: tuple[str, Fact]) -> tuple[str, tuple[str, ...]]:
    return item[0], identity(*item)


def _once(collection: str, told: list[Fact], remarks: list[Caution]) -> Fact:
    """Return one fact of several printed ones that are the same thing; of contradicting ones the less favourable."""
    first, *others = sorted(told, key=_severest)
    for other in others:
        if fields := contradictions(said(first), said(other)):
            what = f"与{first.location}是同一事项而内容不同（{'、'.join(fields)}），取后者"
            remarks.append(remark(other.location, what))
        else:
            first = type(first).model_validate({**dict(first), **said(other), **said(first)})
    if others:
        remarks.append(remark(first.location, f"同一事项列出 {len(told)} 次，并为一条"))
    return first.model_copy(update={"id": fact_id(collection, first)})


def _severest(fact: Fact) -> tuple[object, ...]:
    if not isinstance(fact, CreditRecord):
        return False, 0, -len(said(fact)), fact.model_dump_json()
    over = fact.removed_on is not None or fact.repaired_on is not None
    return not fact.unfulfilled, over, -len(said(fact)), fact.model_dump_json()


def _miscounted(report: PublicReport) -> Iterator[Caution]:
    for label, text in report.counts.items():
        head = section(label)
        read = sum(row.section == head for row in report.rows)
        if text.removesuffix("条").strip() != str(read):
            yield remark("概要", f"{label}写明 {text}，读到 {read} 条")


def _closed(report: PublicReport, unread: Sequence[Row], miscounted: Sequence[Caution]) -> bool:
    """Say whether every record under every head was counted by the report and read."""
    counted = {section(label) for label in report.counts}
    lost = [row for row in unread if row.section in set(Head)]
    return set(Head) <= counted and not lost and not miscounted and not report.unread


def _registration(basics: dict[str, str], source: str, remarks: list[Caution]) -> dict[str, Any] | None:
    """Return the registration, or None where the report does not say all that one needs."""
    missing = [name for name in _REGISTERED.values() if not basics.get(name)]
    if missing:
        remarks.append(remark("基本信息", f"没有 {'、'.join(missing)}，登记信息没有读取"))
        return None
    data: dict[str, Any] = {field: basics[name] for field, name in _REGISTERED.items()}
    state = basics["登记状态"].split("（")[0].split("(")[0]
    data |= {
        "id": "registration",
        "source": source,
        "location": "基本信息",
        "scope": basics.get("经营范围", ""),
    }
    data |= {"standing": _STANDINGS.get(state, state), "region": basics.get("统一社会信用代码", "")[2:8]}
    try:
        data["established_on"] = values.day_of(basics["成立日期"])
        Registration.model_validate(data)
    except UnclearError as error:
        remarks.append(remark("基本信息", f"成立日期{error}，登记信息没有读取"))
        return None
    except ValidationError as error:
        faults = "；".join(map(str, faults_of(error)))
        remarks.append(remark("基本信息", f"登记信息没有读取：{faults}"))
        return None
    return {**data, **_capital(basics, remarks)}


def _capital(basics: dict[str, str], remarks: list[Caution]) -> dict[str, Any]:
    text = basics.get("注册资本", "")
    if not text:
        return {}
    try:
        return {"capital": values.sum_of(text, unit("注册资本"))}
    except UnclearError as error:
        remarks.append(remark("基本信息", f"注册资本{error}，没有读取"))
        return {}
