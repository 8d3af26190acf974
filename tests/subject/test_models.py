"""What a subject's file may say: sources, ids, dates and sums that hang together, or a fault in Chinese."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from reportgen.faults import faults_of
from reportgen.subject.base import Fact, Origin, Source, in_force, is_long_term
from reportgen.subject.holdings import (
    Contract,
    ContractEvidence,
    CreditLine,
    Equipment,
    Headcount,
    Qualification,
    Statement,
    Technology,
)
from reportgen.subject.matter import Matter
from reportgen.subject.model import Registration, Shareholder, Subject
from reportgen.subject.records import Ban, CreditRecord, Head, Nature, RecordKind
from tests.factories import (
    contract_data,
    credit_line_data,
    equipment_data,
    fact_data,
    headcount_data,
    person_data,
    qualification_data,
    record,
    record_data,
    registration_data,
    shareholder_data,
    source_data,
    statement_data,
    subject,
    subject_data,
    technology_data,
)

CHANGE = fact_data("CH1") | {"on": "2024-01-01", "item": "名称", "before": "甲", "after": "乙"}
OFFICER = fact_data("O1") | {"name": "钟离样", "post": "董事长"}
RELATED = fact_data("L1") | {"name": "样本集团有限公司", "relation": "母公司"}
FULL: dict[str, Any] = {
    "changes": [CHANGE],
    "shareholders": [shareholder_data()],
    "officers": [OFFICER],
    "related": [RELATED],
    "qualifications": [qualification_data()],
    "statements": [statement_data()],
    "credit_lines": [credit_line_data()],
    "contracts": [contract_data()],
    "technology": [technology_data()],
    "equipment": [equipment_data()],
    "people": [person_data()],
    "headcounts": [headcount_data()],
    "records": [record_data()],
}


def why_not(model: type[BaseModel], data: dict[str, Any]) -> str:
    """Return the messages with which a model refuses."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return "；".join(detail["msg"] for detail in caught.value.errors())


def test_every_kind_of_fact_is_walked_in_the_order_of_the_fields() -> None:
    paths = [path for path, _ in subject(**FULL).facts()]
    assert paths == ["registration", *(f"{name}[0]" for name in FULL)]
    assert {"registration", *FULL} == {
        name for name, field in Subject.model_fields.items() if _holds_facts(field.annotation)
    }


def _holds_facts(annotation: Any) -> bool:
    kind = getattr(annotation, "__args__", (annotation,))[0]
    return isinstance(kind, type) and issubclass(kind, Fact)


@pytest.mark.parametrize("name", FULL)
def test_a_fact_of_an_unknown_source_is_refused_with_its_path(name: str) -> None:
    (item,) = FULL[name]
    data = subject_data(**FULL | {name: [item | {"source": "S9"}]})
    assert f"{name}[0].source：来源 S9 不在 sources 之中" in why_not(Subject, data)


def test_the_registration_needs_a_known_source_too() -> None:
    data = subject_data(registration=registration_data(source="S9"))
    assert "registration.source：来源 S9 不在 sources 之中" in why_not(Subject, data)


def test_every_lost_source_is_named_not_the_first_alone() -> None:
    items = [record_data(id=name, source=f"S{name}") for name in ("A", "B")]
    message = why_not(Subject, subject_data(records=items))
    assert "records[0].source：来源 SA" in message
    assert "records[1].source：来源 SB" in message


def test_an_id_is_used_once_across_all_kinds_of_facts() -> None:
    data = subject_data(records=[record_data(id="X")], contracts=[contract_data(id="X")])
    assert "id X 重复 2 次" in why_not(Subject, data)


def test_a_fact_may_not_bear_the_id_of_a_source() -> None:
    assert "id S1 重复 2 次" in why_not(Subject, subject_data(records=[record_data(id="S1")]))
    data = subject_data(sources=[source_data(), source_data()])
    assert "id S1 重复 2 次" in why_not(Subject, data)


@pytest.mark.parametrize(("name", "build"), [("statements", statement_data), ("headcounts", headcount_data)])
def test_a_year_is_stated_once(name: str, build: Callable[..., Any]) -> None:
    twice = [build(id="Y1"), build(id="Y2")]
    assert f"{name}：2025 年重复 2 次" in why_not(Subject, subject_data(**{name: twice}))
    twice[1]["year"] = "2024"
    assert len(getattr(subject(**{name: twice}), name)) == 2


def test_a_source_can_be_complete_for_collections_only() -> None:
    known = source_data(complete_for=["registration", *FULL])
    assert subject(sources=[known]).closed("records")
    data = subject_data(sources=[source_data(complete_for=["record"])])
    assert "sources[0].complete_for：没有 record 一项" in why_not(Subject, data)


@pytest.mark.parametrize(
    ("said", "closed"),
    [("records", True), ("刑事处罚", True), ("public_records", False), ("民事裁判", False)],
)
def test_only_a_list_of_all_records_or_of_its_own_kind_tells_that_there_is_no_conviction(
    said: str, closed: bool
) -> None:
    assert subject(sources=[source_data(complete_for=[said])]).closed("刑事处罚") is closed


def test_a_self_declared_list_is_never_closed() -> None:
    own = source_data(complete_for=["records"], origin="自主申报")
    assert not subject(sources=[own]).closed("records")
    assert not subject().closed("records")


@pytest.mark.parametrize(("second", "accepted"), [("0.4", True), ("0.4001", True), ("0.41", False)])
def test_shareholdings_make_up_no_more_than_the_whole_but_for_rounding(second: str, accepted: bool) -> None:
    holders = [shareholder_data(share="0.6"), shareholder_data(id="G2", share=second)]
    if accepted:
        assert len(subject(shareholders=holders).shareholders) == 2
    else:
        assert "shareholders：持股比例合计 1.01，大于 1" in why_not(
            Subject, subject_data(shareholders=holders)
        )


@pytest.mark.parametrize("share", ["-0.01", "1.01", "60"])
def test_a_share_lies_between_nothing_and_the_whole(share: str) -> None:
    assert why_not(Shareholder, shareholder_data(share=share))


def test_a_subject_names_at_least_one_source() -> None:
    assert why_not(Subject, subject_data(sources=[]))


@pytest.mark.parametrize("name", ["current_assets", "total_assets", "total_liabilities", "revenue", "cash"])
def test_a_sum_that_cannot_be_negative_is_refused(name: str) -> None:
    assert "greater than or equal to 0" in why_not(Statement, statement_data(**{name: "-0.01"}))


@pytest.mark.parametrize("name", ["equity", "net_profit", "operating_cash_flow", "retained_earnings"])
def test_a_loss_is_a_negative_sum(name: str) -> None:
    statement = Statement.model_validate(statement_data(**{name: "-0.01"}))
    assert getattr(statement, name) == Decimal("-0.01")


@pytest.mark.parametrize("value", ["0.001", "NaN", "Infinity", "12,000", "1万", "1" * 17, ""])
def test_what_is_no_sum_in_yuan_and_cents_is_refused(value: str) -> None:
    assert why_not(Contract, contract_data(value=value))


@pytest.mark.parametrize("value", ["１２", "1_000", "1e", "0x10", "+-1"])
def test_a_sum_is_written_in_plain_digits(value: str) -> None:
    assert why_not(Contract, contract_data(value=value))


@pytest.mark.parametrize(
    ("written", "kept"),
    [("1e3", "1000"), ("1000.00", "1000"), ("-0", "0"), ("0.00", "0"), ("+5.50", "5.5"), (".5", "0.5")],
)
def test_one_sum_has_one_form_however_it_is_written(written: str, kept: str) -> None:
    assert str(Contract.model_validate(contract_data(value=written)).value) == kept


def test_money_keeps_its_cents_exactly() -> None:
    contract = Contract.model_validate(contract_data(value="1234567890123456.78"))
    assert str(contract.value) == "1234567890123456.78"


@pytest.mark.parametrize(
    ("build", "collection", "name"),
    [
        (qualification_data, "qualifications", "annual_output"),
        (contract_data, "contracts", "remaining_quantity"),
    ],
)
def test_a_quantity_has_a_unit(build: Callable[..., Any], collection: str, name: str) -> None:
    found = subject(**{collection: [build(**{name: {"amount": "1200.50", "unit": " 吨 "}})]})
    kept = getattr(getattr(found, collection)[0], name)
    assert (str(kept.amount), kept.unit) == ("1200.5", "吨")
    for quantity, what in (
        ({"amount": "5"}, "unit：缺少此项"),
        ({"amount": "5", "unit": ""}, "unit：不能为空："),
        ({"unit": "吨"}, "amount：缺少此项"),
        ({"amount": "-1", "unit": "吨"}, "amount：应不小于 0：-1"),
    ):
        with pytest.raises(ValidationError) as caught:
            subject(**{collection: [build(**{name: quantity})]})
        (fault,) = faults_of(caught.value)
        assert f"{fault.path}：{fault.what}" == f"{collection}[0].{name}.{what}"


def test_a_statement_that_does_not_balance_says_by_how_much() -> None:
    whole = Statement.model_validate(statement_data())
    assert whole.imbalance == 0
    assert Statement.model_validate(statement_data(equity="29999999.99")).imbalance == Decimal("0.01")
    assert Statement.model_validate(statement_data(equity="30000001")).imbalance == -1


@pytest.mark.parametrize("missing", ["total_assets", "total_liabilities", "equity"])
def test_a_statement_with_a_gap_has_no_imbalance(missing: str) -> None:
    data = {key: value for key, value in statement_data().items() if key != missing}
    assert Statement.model_validate(data).imbalance is None


@pytest.mark.parametrize(
    ("model", "data", "first", "second"),
    [
        (Qualification, qualification_data(), "valid_from", "valid_until"),
        (Registration, registration_data(), "term_from", "term_until"),
        (CreditRecord, record_data(), "valid_from", "valid_until"),
        (CreditRecord, record_data(), "act_on", "act_ended_on"),
        (Contract, contract_data(accepted_on="2030-01-01"), "signed_on", "ends_on"),
        (Contract, contract_data(ends_on="2030-01-01"), "signed_on", "accepted_on"),
        (CreditLine, credit_line_data(), "issued_on", "valid_until"),
        (Technology, technology_data(), "granted_on", "valid_until"),
        (CreditRecord, record_data(), "determined_on", "publicity_until"),
        (Ban, {"scope": ["政府采购"], "legal_basis": "虚构条例"}, "since", "until"),
    ],
)
def test_a_period_ends_no_earlier_than_it_begins(
    model: type[BaseModel], data: dict[str, Any], first: str, second: str
) -> None:
    day = model.model_validate(data | {first: "2026-01-02", second: "2026-01-02"})
    assert getattr(day, first) == getattr(day, second)
    message = why_not(model, data | {first: "2026-01-02", second: "2026-01-01"})
    assert f"{second}（2026-01-01）早于 {first}（2026-01-02）" in message


def test_a_completed_contract_says_when_it_was_accepted() -> None:
    data = {key: value for key, value in contract_data().items() if key != "accepted_on"}
    assert "必须写明 accepted_on" in why_not(Contract, data)
    assert Contract.model_validate(data | {"status": "因承包方原因终止"}).accepted_on is None


def test_a_running_contract_says_when_it_will_end() -> None:
    data = {key: value for key, value in contract_data(status="在建").items() if key != "ends_on"}
    assert "必须写明 ends_on" in why_not(Contract, data)
    assert Contract.model_validate(data | {"ends_on": "2027-01-01"}).remaining is None


def test_the_papers_that_are_missing_are_named_in_chinese() -> None:
    assert ContractEvidence(award="1", agreement="2", acceptance="3").complete
    evidence = ContractEvidence(agreement="2")
    assert not evidence.complete
    assert evidence.missing == ("中标通知书", "验收证书")


def test_a_credit_line_is_used_up_to_its_limit_and_no_further() -> None:
    line = CreditLine.model_validate(credit_line_data(used="20000000"))
    assert line.used == line.limit
    message = why_not(CreditLine, credit_line_data(used="20000000.01"))
    assert "used（20000000.01）大于 limit（20000000）" in message


def test_no_more_equipment_is_tied_up_than_there_is() -> None:
    assert Equipment.model_validate(equipment_data(committed="2")).committed == 2
    assert "committed（3）大于 count（2）" in why_not(Equipment, equipment_data(committed="3"))


@pytest.mark.parametrize("part", ["technical", "insured"])
def test_a_part_of_the_staff_is_no_more_than_all_of_it(part: str) -> None:
    data = headcount_data(**{part: "100"})
    assert getattr(Headcount.model_validate(data), part) == 100
    assert f"{part}（101）大于 total（100）" in why_not(Headcount, data | {part: "101"})


@pytest.mark.parametrize(
    ("state", "dated"), [("异议中", "disputed_on"), ("已修复", "repaired_on"), ("已撤销", "revoked_on")]
)
def test_a_state_has_its_date(state: str, dated: str) -> None:
    assert f"状态为{state}时必须写明 {dated}" in why_not(CreditRecord, record_data(state=state))
    assert record(state=state, **{dated: "2026-07-01"}).state == state


def test_every_kind_of_record_stands_under_a_head() -> None:
    found = {kind: (record(kind=kind).head, record(kind=kind).nature) for kind in RecordKind}
    assert found[RecordKind.DEFAULTER] == (Head.SERIOUS_BREACH, Nature.ADVERSE)
    assert found[RecordKind.LICENCE] == (Head.ADMINISTRATION, Nature.NEUTRAL)
    assert {head for head, _ in found.values()} == set(Head)


@pytest.mark.parametrize(
    ("against", "fulfilment", "nature"),
    [
        ("true", "全部未履行", Nature.ADVERSE),
        ("true", "部分履行", Nature.ADVERSE),
        ("true", "全部履行", Nature.NEUTRAL),
        ("true", "未知", Nature.NEUTRAL),
        ("false", "全部未履行", Nature.NEUTRAL),
        (None, "全部未履行", Nature.NEUTRAL),
    ],
)
def test_a_judgment_is_adverse_when_it_is_lost_and_undone(
    against: str | None, fulfilment: str, nature: Nature
) -> None:
    assert record(kind="民事裁判", against=against, fulfilment=fulfilment).nature is nature


def test_an_honour_stays_favourable_whatever_is_undone() -> None:
    assert record(kind="诚信荣誉", against="true", fulfilment="全部未履行").nature is Nature.FAVOURABLE


def test_a_ban_names_what_it_bars() -> None:
    ban = {"since": "2026-01-01", "legal_basis": "虚构条例"}
    assert why_not(Ban, ban | {"scope": []})
    assert Ban.model_validate(ban | {"scope": ["政府采购"]}).scope == (Matter.GOVERNMENT_PROCUREMENT,)


@pytest.mark.parametrize("words", ["政府采购活动", "参加招标投标", "全部", ""])
def test_a_ban_in_words_that_no_matter_bears_is_refused(words: str) -> None:
    # It would match no project, and so let the banned through.
    assert why_not(Ban, {"scope": [words], "since": "2026-01-01", "legal_basis": "虚构条例"})


def test_a_record_is_in_force_while_ban_validity_or_listing_holds() -> None:
    ban = {"scope": ["政府采购"], "since": "2026-01-01", "until": "2026-02-01", "legal_basis": "虚构条例"}
    day = date(2026, 3, 1)
    assert not record(ban=ban).in_force(day)
    assert record(ban=ban, valid_until="2026-03-01").in_force(day)
    assert record(ban=ban, kind="严重失信主体名单").in_force(day)
    assert not record(ban=ban, kind="严重失信主体名单").banned(day)
    assert not record(ban=ban, kind="严重失信主体名单", valid_until="2026-02-28").in_force(day)
    assert record(ban=ban | {"until": "2026-03-01"}, valid_until="2026-02-28").banned(day)
    assert not record(ban=ban | {"until": None}, removed_on="2026-03-01").in_force(day)


def test_a_judgment_that_the_subject_won_is_not_its_own_duty() -> None:
    undone = {"kind": "民事裁判", "fulfilment": "全部未履行"}
    assert record(**undone, against="true").unfulfilled
    assert record(**undone).unfulfilled
    assert not record(**undone, against="false").unfulfilled


def test_a_self_declared_fact_counts_once_somebody_has_checked_it() -> None:
    own = Source.model_validate(source_data(origin=Origin.SELF_DECLARED))
    public = Source.model_validate(source_data())
    checked = record(verification={"by": "司空核", "how": "电话核实", "on": "2026-11-01"})
    assert not record().counts(own)
    assert checked.counts(own)
    assert record().counts(public)


def test_what_the_other_party_of_a_contract_says_counts_unchecked() -> None:
    owner = Source.model_validate(source_data(origin=Origin.COUNTERPARTY))
    assert record().counts(owner)


def test_a_subject_finds_the_source_of_a_fact() -> None:
    whole = subject(
        sources=[source_data(), source_data(id="S2", origin="自主申报")], records=[record_data(source="S2")]
    )
    assert whole.source_of(whole.records[0]).id == "S2"
    assert not whole.counts(whole.records[0])
    assert whole.counts(whole.registration)


@pytest.mark.parametrize(
    ("day", "long"),
    [("2099-12-31", True), ("2099-01-31", True), ("2099-01-01", True), ("2098-12-31", False), (None, False)],
)
def test_a_day_of_2099_stands_for_no_end(day: str | None, long: bool) -> None:
    assert is_long_term(date.fromisoformat(day) if day else None) is long


def test_a_validity_includes_both_its_days() -> None:
    since, until = date(2026, 1, 1), date(2026, 1, 31)
    days = [date(2025, 12, 31), since, until, date(2026, 2, 1)]
    assert [in_force(since, until, day) for day in days] == [False, True, True, False]
    assert [in_force(None, until, day) for day in days] == [True, True, True, False]
    assert [in_force(since, None, day) for day in days] == [False, True, True, True]


def test_a_subject_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        subject().name = "另一公司"  # type: ignore[misc]


def test_spaces_around_a_text_are_dropped_and_an_empty_name_refused() -> None:
    assert subject(name="  样本甲 \u3000").name == "样本甲"
    assert why_not(Subject, subject_data(name=" \u3000 "))


def test_a_region_is_six_plain_digits() -> None:
    assert why_not(Subject, subject_data(registration=registration_data(region="９９０１０２")))


@pytest.mark.parametrize("day", ["0", "86400", "-86400"])
def test_a_number_is_no_date(day: str) -> None:
    assert why_not(Subject, subject_data(as_of=day))
