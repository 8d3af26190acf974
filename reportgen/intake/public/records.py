"""A printed record as a fact: what each column says for certain, and in words why one is not read.

A kind of record is known by its printed name. One that is not stands under 其他 only where its head says
for certain whether it speaks for or against the subject.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from pydantic import ValidationError

from reportgen.faults import faults_of
from reportgen.intake.public import values
from reportgen.intake.public.shape import LOCAL, QUALIFICATIONS, Row, column, remark, unit
from reportgen.intake.public.values import UnclearError
from reportgen.subject.base import LONGEST_TEXT, Fact, is_long_term
from reportgen.subject.holdings import Qualification, QualificationKind
from reportgen.subject.identity import fact_id
from reportgen.subject.records import CreditRecord, Head, RecordKind, RecordState
from reportgen.subject.warnings import Caution

_UNREADABLE = "\ufffd"
_LONGEST_CONTENT = 5000
_NAMES = {
    "民事判决": RecordKind.CIVIL,
    "红名单": RecordKind.RED_LIST,
    "守信红名单": RecordKind.RED_LIST,
    "守信激励对象": RecordKind.RED_LIST,
    "A级纳税人": RecordKind.TAX_A,
    "纳税信用A级纳税人": RecordKind.TAX_A,
    "经营异常名录（状态）": RecordKind.ABNORMAL_LIST,
    "荣誉": RecordKind.HONOUR,
    "失信被执行人名单": RecordKind.DEFAULTER,
}
_OF_A_HEAD: dict[str, RecordKind] = {
    Head.GOOD_FAITH: RecordKind.OTHER_GOOD,
    Head.SERIOUS_BREACH: RecordKind.OTHER_ADVERSE,
}
"""Heads under which every record speaks for, or against, the subject."""
_LISTED = ("名单", "主体", "对象", "当事人")
_NATURES = {"良好": RecordKind.OTHER_GOOD, "不良": RecordKind.OTHER_ADVERSE}
_PROMISES = {RecordKind.PROMISE, RecordKind.BROKEN_PROMISE}
_BROKEN = {"违背承诺", "已违背", "违诺"}
_STATES = {
    "有效": RecordState.VALID,
    "正常": RecordState.VALID,
    "公示中": RecordState.VALID,
    "异议中": RecordState.DISPUTED,
    "已修复": RecordState.REPAIRED,
    "修复": RecordState.REPAIRED,
    "已撤销": RecordState.REVOKED,
    "撤销": RecordState.REVOKED,
}
_DAYS = {
    "决定日期": "determined_on",
    "发布日期": "published_on",
    "公示截止期": "publicity_until",
    "有效期自": "valid_from",
    "有效期至": "valid_until",
    "移出日期": "removed_on",
    "履行日期": "fulfilled_on",
    "修复日期": "repaired_on",
    "撤销日期": "revoked_on",
    "异议日期": "disputed_on",
}
_TEXTS = {"文书号": "number", "类别": "category", "执行依据文号": "basis_number"}
_SHORT = 120
_OPEN = {"publicity_until", "valid_until"}


class UnreadError(Exception):
    """Why a record is not read, in Chinese."""


def fact_of(row: Row, source: str, remarks: list[Caution]) -> tuple[str, Fact]:
    """Return (collection, fact) of a printed record, and add to `remarks` what of it is not certain.

    Raises UnreadError.
    """
    if any(_UNREADABLE in text for text in row.cells.values()):
        raise UnreadError("有字在文件中没有对应的文字")
    reader = _Reader(row, remarks)
    collection = "qualifications" if row.section == QUALIFICATIONS else "records"
    model: type[Fact] = Qualification if collection == "qualifications" else CreditRecord
    data = reader.qualification() if collection == "qualifications" else reader.record()
    try:
        fact = model.model_validate({**data, "id": "new", "source": source, "location": reader.location})
    except ValidationError as error:
        raise UnreadError("；".join(map(str, faults_of(error)))) from error
    return collection, fact.model_copy(update={"id": fact_id(collection, fact)})


class _Reader:
    """One record under reading: the columns not taken yet are what its content has to tell besides."""

    def __init__(self, row: Row, remarks: list[Caution]) -> None:
        self.row, self.remarks = row, remarks
        self.left: dict[str, tuple[str, str]] = {}
        self.unknown: dict[str, str] = {}
        for label, text in row.cells.items():
            name = column(label)
            if name is None or name in self.left:
                self.unknown[label] = text
            else:
                self.left[name] = (label, text)
        self.supplier = self.take("数据来源单位")
        self.take("序号")

    @property
    def location(self) -> str:
        """Return where the record stands, and who supplied it."""
        supplied = f"；数据来源单位：{self.supplier}" if self.supplier else ""
        return f"{self.row.place}{supplied}"[:LONGEST_TEXT]

    def take(self, name: str) -> str:
        """Return what a column says, once; nothing where it is absent."""
        return self.left.pop(name, ("", ""))[1]

    def remark(self, what: str) -> None:
        """Tell the desk of something in this record."""
        self.remarks.append(remark(self.row.place, what))

    def clear(self, name: str, read: Callable[[str], Any]) -> Any:  # noqa: ANN401 - a value of the model
        """Return what a column says, read; where it is unclear it is left to the content, and told."""
        if name not in self.left:
            return None
        label, text = self.left[name]
        try:
            value = read(text)
        except UnclearError as error:
            self.remark(f"{label}：{error}，只记在内容中")
            return None
        del self.left[name]
        return value

    def qualification(self) -> dict[str, Any]:
        """Return the fields of a 资质; its kind is what the row names, else 资质."""
        kind = self.take("类型")
        data = {
            "kind": kind if kind in set(QualificationKind) else QualificationKind.QUALIFICATION,
            "category": self.take("资质名称"),
            "grade": self.take("等级"),
            "number": self.take("证书编号") or self.take("文书号"),
            "authority": self.authority(),
            "valid_from": self.clear("有效期自", self.day),
            "valid_until": self.clear("有效期至", values.day_of),
        }
        if self.take("状态") not in {"", "有效", "正常"}:
            raise UnreadError("资质的状态不是有效")
        if rest := [*(label for label, _ in self.left.values()), *self.unknown]:
            self.remark(f"没有去处的栏目 {'、'.join(rest)}，没有读取")
        return {name: value for name, value in data.items() if value is not None}

    def record(self) -> dict[str, Any]:
        """Return the fields of a credit record."""
        printed = self.take("类型") or self.take("资质名称")
        kind = self.kind(printed)
        if kind in _PROMISES and printed != kind:
            # What is printed is the sort of commitment: 主动型, 审批替代型 …
            self.left.setdefault("类别", ("类型", printed))
            printed = ""
        data: dict[str, Any] = {"kind": kind, "authority": self.authority()}
        for name, field in _DAYS.items():
            data[field] = self.clear(name, values.day_of if field in _OPEN else self.day)
        if data["determined_on"] is None and kind is RecordKind.DEFAULTER:
            data["determined_on"] = data["published_on"]
        if data["determined_on"] is None:
            raise UnreadError("没有写明决定（认定、列入）日期")
        data |= self.outcomes(kind)
        data |= {field: self.take(name) for name, field in _TEXTS.items() if self.fits(name)}
        data["title"] = self.title(kind, printed)
        if printed and printed not in {kind, data["title"]}:
            self.unknown = {"类型": printed, **self.unknown}
        data["content"] = self.content()
        return {name: value for name, value in data.items() if value is not None}

    def kind(self, printed: str) -> RecordKind:
        """Return the kind of record by its printed name and its head; raises UnreadError."""
        name, head = printed.removesuffix("信息"), self.row.section
        if name in set(RecordKind) or name in _NAMES:
            return _NAMES.get(name) or RecordKind(name)
        if head == Head.COMMITMENT:
            broken = self.left.get("履行情况", ("", ""))[1] in _BROKEN
            return RecordKind.BROKEN_PROMISE if broken else RecordKind.PROMISE
        if head == Head.ABNORMAL and not name:
            return RecordKind.ABNORMAL_LIST
        if head == Head.SERIOUS_BREACH and name.endswith(_LISTED):
            return RecordKind.SERIOUS_LIST
        nature = _NATURES.get(self.take("性质")) if head in {Head.OTHER, LOCAL} else None
        found = nature or _OF_A_HEAD.get(head)
        if found is None:
            raise UnreadError(f"不认识的类型“{printed or '（空）'}”，是良好还是不良不能确定")
        return found

    def authority(self) -> str:
        """Return who decided; where only the supplier of the data is named, the text says so. Raises UnreadError."""
        named = self.take("机关")
        if named:
            return named
        if self.supplier:
            return f"{self.supplier}（数据来源单位）"
        raise UnreadError("没有写明机关或数据来源单位")

    def day(self, text: str) -> date | None:
        """Return the day of an event, which cannot be 长期; raises UnclearError."""
        day = values.day_of(text)
        if is_long_term(day):
            raise UnclearError(f"“{text}”不能是这一项的日期")
        return day

    def outcomes(self, kind: RecordKind) -> dict[str, Any]:
        """Return what came of the record: fulfilment, sum, measures, state, grade."""
        if kind is RecordKind.BROKEN_PROMISE and self.left.get("履行情况", ("", ""))[1] in _BROKEN:
            self.take("履行情况")
        label = self.left.get("金额", ("", ""))[0]
        said = self.left.get("处罚类别", ("", ""))[1]
        data = {
            "fulfilment": self.clear("履行情况", values.fulfilment_of),
            "amount": self.clear("金额", lambda text: values.sum_of(text, unit(label))),
            "measures": self.clear("处罚类别", values.measures_of) if kind is RecordKind.PENALTY else None,
            "state": self.state(),
            "grade": self.take("等级") if self.fits("等级", 20) else None,
        }
        # Several words of one measure, such as what was confiscated, are told besides.
        if data["measures"] and len(data["measures"]) < len(said.split("、")):
            self.unknown["处罚类别"] = said
        return data

    def state(self) -> RecordState | None:
        """Return the state of the record; raises UnreadError for one that is not known or wants its day."""
        said = self.take("状态")
        if said and said not in _STATES:
            raise UnreadError(f"不认识的状态“{said}”")
        return _STATES[said] if said else None

    def title(self, kind: RecordKind, printed: str) -> str:
        """Return the printed name of the document or list, else that of the kind."""
        if self.fits("文书名", LONGEST_TEXT):
            return self.take("文书名")
        return printed if 0 < len(printed) <= LONGEST_TEXT else str(kind)

    def fits(self, name: str, longest: int = _SHORT) -> bool:
        """Say whether a column is there and no longer than its field."""
        return 0 < len(self.left.get(name, ("", ""))[1]) <= longest

    def content(self) -> str:
        """Return the content, with the columns that have no field of their own behind it."""
        if self.unknown.keys() - {"类型", "处罚类别"}:
            names = "、".join(name for name in self.unknown if name not in {"类型", "处罚类别"})
            self.remark(f"不认识的栏目 {names}，原文记在内容中")
        text = self.take("内容")
        rest = [*self.left.values(), *self.unknown.items()]
        told = "；".join(f"{label}：{said}" for label, said in rest if said)
        whole = f"{text}{'' if not text or text.endswith('。') else '；'}{told}" if told else text
        if len(whole) > _LONGEST_CONTENT:
            self.remark(f"内容 {len(whole)} 字，只存前 {_LONGEST_CONTENT} 字，全文见原件")
        return whole[:_LONGEST_CONTENT]
