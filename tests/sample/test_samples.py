"""The samples are real-shaped, belong to nobody, and show what README says."""

import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reportgen.intake.files import load_project, load_subject
from reportgen.plain import read_plain
from reportgen.project.applicant import check_joint, joint
from reportgen.project.model import Matter, Project
from reportgen.settings import read_office
from reportgen.subject.base import Origin, is_long_term
from reportgen.subject.identifiers import uscc_fault
from reportgen.subject.model import Subject
from reportgen.subject.records import Fulfilment, Head, RecordKind, RecordState
from reportgen.subject.warnings import warnings
from sample_subjects.build_breacher import FILE, build, main

ROOT = Path(__file__).parents[2] / "sample_subjects"
SUBJECTS = sorted((ROOT / "subjects").glob("*.yaml"))
PROJECTS = sorted((ROOT / "projects").glob("*.yaml"))
CASES = read_plain(ROOT / "cases.yaml").data["cases"]
AS_OF = date(2026, 11, 20)
CODE = re.compile(r"(?<![0-9A-Z])(?:91|11|12)\d{6}[0-9A-Z]{10}(?![0-9A-Z])")
UNFAIR = re.compile(r"注册资本|注册资金|净资产|所有制|国有|民营|注册地|本地|本省|本市|市场占有率|资产总额不")


def subject(number: str) -> Subject:
    (path,) = (ROOT / "subjects").glob(f"{number}-*.yaml")
    return load_subject(path)


def requirements(project: Project) -> list[object]:
    return [*project.requirements, *(item for lot in project.lots for item in lot.requirements)]


def test_there_is_a_sample_of_every_sort() -> None:
    assert len(SUBJECTS) == 14
    assert len(PROJECTS) == 6


@pytest.mark.parametrize("path", SUBJECTS, ids=lambda path: path.stem)
def test_a_subject_loads_and_its_facts_are_of_november_2026(path: Path) -> None:
    found = load_subject(path)
    assert found.as_of == AS_OF
    assert all(date(2026, 11, 1) <= source.collected_on <= AS_OF for source in found.sources)
    assert len({source.origin for source in found.sources}) >= 2
    assert all(record.determined_on <= AS_OF for record in found.records)
    assert any(fact.verification for _, fact in found.facts()) or "10-" in path.name


@pytest.mark.parametrize("path", SUBJECTS, ids=lambda path: path.stem)
def test_statements_balance_and_hang_together(path: Path) -> None:
    found = load_subject(path)
    years = [statement.year for statement in found.statements]
    assert years == [year for year in (2023, 2024, 2025) if year >= found.registration.established_on.year]
    for statement in found.statements:
        assert statement.imbalance == Decimal(0)
        assert (statement.current_assets or 0) <= (statement.total_assets or 0)
        assert (statement.current_liabilities or 0) <= (statement.total_liabilities or 0)
        assert (statement.cash or 0) + (statement.inventories or 0) <= (statement.current_assets or 0)


@pytest.mark.parametrize("path", SUBJECTS, ids=lambda path: path.stem)
def test_a_subject_has_six_to_fifteen_contracts(path: Path) -> None:
    assert 6 <= len(load_subject(path).contracts) <= 15


@pytest.mark.parametrize("path", SUBJECTS, ids=lambda path: path.stem)
def test_no_penalty_names_a_contract_that_tells_of_none(path: Path) -> None:
    found = warnings(load_subject(path), today=date(2026, 11, 21))
    assert not [caution.text for caution in found if caution.path.endswith("penalised")]


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.stem)
def test_a_project_loads_and_is_judged_in_december_2026(path: Path) -> None:
    project = load_project(path)
    assert (project.judged_on.year, project.judged_on.month) == (2026, 12)
    assert project.region.startswith("990")
    assert all(getattr(item, "clause", "") and getattr(item, "text", "") for item in requirements(project))


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.stem)
def test_no_requirement_asks_for_place_ownership_or_size_of_capital(path: Path) -> None:
    project = load_project(path)
    texts = [str(getattr(item, "text", "")) for item in requirements(project)]
    assert not [text for text in texts if UNFAIR.search(text)]
    if project.matter is Matter.GOVERNMENT_PROCUREMENT:
        kinds = {str(getattr(item, "kind", "")) for item in requirements(project)}
        assert not kinds & {"turnover", "revenue_floor", "headcount"}


def test_every_code_is_valid_and_of_no_real_region() -> None:
    codes = {
        code
        for path in ROOT.rglob("*")
        if path.suffix in {".yaml", ".toml"}
        for code in CODE.findall(path.read_text("utf-8"))
    }
    assert len(codes) > 60
    assert {code: uscc_fault(code) for code in codes if uscc_fault(code)} == {}
    assert {code for code in codes if code[2:5] != "990"} == set()
    regions = {load_subject(path).registration.region for path in SUBJECTS}
    assert all(region.startswith("990") for region in regions)


def test_no_two_subjects_share_a_name_or_a_code() -> None:
    found = [load_subject(path) for path in SUBJECTS]
    assert len({item.name for item in found}) == len({item.uscc for item in found}) == len(found)


def test_empties_sentinels_duplicates_and_missing_values_are_there() -> None:
    texts = {path.stem: path.read_text("utf-8") for path in SUBJECTS}
    assert sum("— —" in text for text in texts.values()) >= 4
    assert sum("2099-12-31" in text for text in texts.values()) >= 10
    for number, kind in (("01", "安全生产许可证"), ("03", "质量管理体系认证")):
        same = [item for item in subject(number).qualifications if item.category == kind]
        assert len({item.number for item in same}) == 1
        assert len({item.id for item in same}) == len(same) == 2
    assert [item.operating_cash_flow is None for item in subject("04").statements] == [False, True, False]
    assert is_long_term(subject("01").registration.term_until)


def test_self_declared_facts_stand_with_and_without_verification() -> None:
    found = subject("01")
    declared = [fact for _, fact in found.facts() if found.source_of(fact).origin is Origin.SELF_DECLARED]
    assert {fact.verification is None for fact in declared} == {True, False}


def test_the_breacher_has_181_rows_of_serious_breach() -> None:
    rows = [record for record in subject("05").records if record.head is Head.SERIOUS_BREACH]
    assert len(rows) == 181
    defaults = [row for row in rows if row.kind is RecordKind.DEFAULTER]
    assert len(defaults) > 170
    assert all(row.number and row.basis_number and row.content and row.amount for row in defaults)
    assert any(row.closure for row in defaults)
    lengths = [len(row.content) for row in defaults]
    assert min(lengths) < 40
    assert max(lengths) > 120


def test_the_breachers_file_is_what_its_script_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sample_subjects.build_breacher.FILE", tmp_path / "made.yaml")
    main()
    assert (tmp_path / "made.yaml").read_text("utf-8") == FILE.read_text("utf-8")
    assert build() == build()


def test_the_only_serious_record_of_06_is_a_judgement_of_2009() -> None:
    (row,) = [record for record in subject("06").records if record.head is Head.SERIOUS_BREACH]
    assert row.number.startswith("（2009）")
    assert row.kind is RecordKind.DEFAULTER
    assert row.published_on is not None
    assert row.published_on.year == 2015
    assert row.fulfilment is Fulfilment.NONE


def test_rare_characters_stand_in_name_officers_and_staff() -> None:
    found = subject("07")
    assert "䶮" in found.name
    officers = "".join(officer.name for officer in found.officers)
    assert all(character in officers for character in "㛃𬭎𠅤")
    assert any("𠅤" in person.name for person in found.people)


def test_one_record_is_repaired_and_one_disputed() -> None:
    records = subject("08").records
    penalties = [record.state for record in records if record.kind is RecordKind.PENALTY]
    assert penalties.count(RecordState.REPAIRED) == penalties.count(RecordState.DISPUTED) == 1
    assert all(record.repaired_on for record in records if record.state is RecordState.REPAIRED)


def test_the_young_firm_has_one_year_of_accounts() -> None:
    found = subject("09")
    assert found.registration.established_on.year == 2025
    assert [statement.year for statement in found.statements] == [2025]


def test_nothing_that_10_declares_is_proven() -> None:
    found = subject("10")
    facts = [*found.qualifications, *found.statements, *found.contracts, *found.people, *found.equipment]
    assert not [fact.id for fact in facts if found.counts(fact)]
    assert not [item.id for item in found.contracts if item.evidence.complete]
    assert not found.closed("contracts")


def test_13_lost_its_qualification_and_its_safety_licence_ends_soon() -> None:
    found, project = subject("13"), load_project(ROOT / "projects/housing-small.yaml")
    ends = {item.category: item.valid_until for item in found.qualifications}
    qualification, safety = ends["建筑工程施工总承包"], ends["安全生产许可证"]
    assert qualification is not None
    assert safety is not None
    assert qualification < found.as_of
    assert found.closed("qualifications")
    assert project.judged_on < safety <= date(2026, 12, 31)


def test_14_is_banned_from_government_procurement_on_the_day() -> None:
    project = load_project(ROOT / "projects/goods-procurement.yaml")
    (ban,) = [record for record in subject("14").records if record.ban is not None]
    assert ban.ban is not None
    assert project.matter in ban.ban.scope
    assert ban.in_force(project.judged_on)
    assert ban.state is RecordState.DISPUTED


def test_cases_cover_every_conclusion_and_every_sample() -> None:
    assert len(CASES) >= 12
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert {case["expect"] for case in CASES} == {"CAPABLE", "LIMITED", "INCAPABLE", "GAPS"}
    used = {member["subject"] for case in CASES for member in case.get("members", [case])}
    assert used == {f"subjects/{path.name}" for path in SUBJECTS}
    assert {case["project"] for case in CASES} == {f"projects/{path.name}" for path in PROJECTS}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_case_names_its_projects_own_parties_and_lot(case: dict[str, str]) -> None:
    project = load_project(ROOT / case["project"]).select(case.get("lot", ""))
    agents = {project.agent.uscc} if project.agent else set()
    assert case["recipient"] in {project.owner.uscc} | agents
    assert case["payer"] == project.owner.uscc
    assert case["authorisation"]
    assert case["purpose"]


def test_the_joint_venture_is_whole_and_accepted() -> None:
    (case,) = [case for case in CASES if "members" in case]
    members = [(load_subject(ROOT / item["subject"]), Decimal(item["share"])) for item in case["members"]]
    applicant = joint(members[0][0], members[1:], [item["work"] for item in case["members"]])
    check_joint(applicant, load_project(ROOT / case["project"]).select(case["lot"]))
    assert applicant.members[0].share == members[0][1]


def test_the_same_small_builder_applies_for_the_small_and_the_large_project() -> None:
    tried = {case["project"]: case["expect"] for case in CASES if "02-" in case.get("subject", "")}
    assert tried == {"projects/housing-small.yaml": "CAPABLE", "projects/housing-large.yaml": "INCAPABLE"}


def test_the_sample_office_is_complete_and_says_that_it_is_a_sample() -> None:
    office = tomllib.loads((ROOT / "office/reportgen.toml").read_text("utf-8"))
    agency = office["agency"]
    assert agency["sample"] is True
    assert agency["name"] == "样例信用服务有限公司"
    assert uscc_fault(agency["uscc"]) is None
    assert agency["filing_since"] < date(2026, 11, 21) < date(2026, 12, 31) <= agency["filing_until"]
    assert re.fullmatch(r"\d{13}", office["seal"]["number"])
    assert office["seal"]["diameter_mm"] == 42
    assert len(set(office["staff"].values())) == 3
    assert office["objection"]["days"] == 20
    assert read_office(ROOT / "office/reportgen.toml").data["verify"] == {
        "address": "https://verify.example.cn"
    }


def test_readme_names_every_sample() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert [path.name for path in (*SUBJECTS, *PROJECTS) if path.name not in text] == []
