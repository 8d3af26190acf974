"""Which pack judges a project, and what it hands out: by region, matter, day, and what was out by then."""

from datetime import date, timedelta

import pytest

from reportgen.errors import ReportgenError
from reportgen.policy.loader import PACKS, select
from reportgen.project.model import Matter
from reportgen.subject.holdings import QualificationKind
from reportgen.subject.records import RecordKind, Severity
from tests.factories import project
from tests.policy.packs import Packs, local, no_pack, on, pack_of


def test_a_refusal_names_the_region_of_the_project_not_of_a_pack() -> None:
    assert no_pack(on("2020-01-01", region="990102"))["region"] == "990102"


@pytest.mark.parametrize(
    ("day", "limits"),
    [
        ("2023-05-01", {Severity.ORDINARY: 36, Severity.SERIOUS: 36, Severity.GRAVE: 36}),
        ("2026-03-31", {Severity.ORDINARY: 36, Severity.SERIOUS: 36, Severity.GRAVE: 36}),
        ("2026-04-01", {Severity.SLIGHT: 0, Severity.ORDINARY: 12, Severity.SERIOUS: 36, Severity.GRAVE: 36}),
    ],
)
def test_the_repair_rules_of_the_day_limit_publicity(day: str, limits: dict[Severity, int]) -> None:
    policy = select(on(day))
    assert policy.window(policy.day).publicity == limits


def test_the_day_is_that_of_shanghai() -> None:
    judged = project(bid_deadline="2026-03-31T16:00:00Z")
    assert select(judged).citation_of("publicity_months") != select(on("2026-03-31")).citation_of(
        "publicity_months"
    )


def test_a_day_before_the_first_values_has_no_pack() -> None:
    assert select(on("2023-05-01")).day == date(2023, 5, 1)
    facts = no_pack(on("2023-04-30"))
    assert facts["on"] == date(2023, 4, 30)
    assert facts["matter"] == Matter.WORKS_TENDER


def test_a_gap_between_values_has_no_pack(packs: Packs) -> None:
    folder = packs(("until: 2026-03-31, ", "until: 2026-03-30, "))
    for day in ("2026-03-30", "2026-04-01"):
        assert select(on(day), folder).day == date.fromisoformat(day)
    assert no_pack(on("2026-03-31"), folder)["on"] == date(2026, 3, 31)


def test_a_matter_that_no_pack_names_has_no_pack(packs: Packs) -> None:
    folder = packs(("matters: [工程招标投标, 政府采购,", "matters: [政府采购,"))
    assert no_pack(on("2026-12-10"), folder)["matter"] == Matter.WORKS_TENDER
    assert select(on("2026-12-10", matter="政府采购"), folder).pack.name == "national"


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("990102", "local-990102"),
        ("990103", "local-990100"),
        ("990299", "local-990000"),
        ("110000", "national"),
    ],
)
def test_the_most_local_pack_wins(region: str, name: str, packs: Packs) -> None:
    folder = packs()
    for place in ("990102", "990100", "990000"):
        local(folder, place)
    assert select(on("2026-12-10", region=region), folder).pack.name == name


def test_a_faulty_pack_of_another_region_stops_nobody_here(packs: Packs) -> None:
    folder = packs()
    local(folder, "110000", ("look_back_years:", "look_back:"))
    assert select(on("2026-12-10", region="990102"), folder).pack.name == "national"
    with pytest.raises(ReportgenError, match="E0309"):
        select(on("2026-12-10", region="110000"), folder)


def test_a_pack_that_names_no_region_stops_everybody(packs: Packs) -> None:
    folder = packs()
    local(folder, "11")
    with pytest.raises(ReportgenError, match="E0309"):
        select(on("2026-12-10", region="990102"), folder)


def test_a_local_pack_that_does_not_name_the_matter_is_passed_over(packs: Packs) -> None:
    folder = packs()
    local(folder, "990102", ("matters: [工程招标投标, 政府采购,", "matters: [政府采购,"))
    assert select(on("2026-12-10"), folder).pack.name == "national"


def test_a_local_pack_that_is_not_yet_in_force_is_passed_over(packs: Packs) -> None:
    folder = packs()
    local(folder, "990102", ("since: 2017-07-10", "since: 2026-12-11"))
    assert select(on("2026-12-10"), folder).pack.name == "national"


def test_the_window_reaches_back_three_years_to_the_day() -> None:
    policy = select(on("2028-02-29"))
    span = policy.window(policy.day)
    assert (span.start, span.end, span.judged_on) == (date(2025, 2, 28), policy.day, policy.day)
    assert span.default_severity[RecordKind.BAN] is Severity.SERIOUS


def test_a_gate_stands_from_its_first_day_to_its_last(packs: Packs) -> None:
    first = "    test: registration_ended\n    since: 2021-01-01\n"
    folder = packs((first, first.replace("2021-01-01", "2026-05-01") + "    until: 2026-05-31\n"))
    days = ["2026-04-30", "2026-05-01", "2026-05-31", "2026-06-01"]
    found = [[gate.id for gate in select(on(day), folder).gates] for day in days]
    assert ["ended" in gates for gates in found] == [False, True, True, False]
    assert all("winding-up" in gates for gates in found)


def test_a_statement_is_printed_from_its_first_day() -> None:
    assert "repaired" not in select(on("2026-03-31")).statements
    assert "repaired" in select(on("2026-04-01")).statements


def test_the_law_demands_a_right_in_its_own_matters_only() -> None:
    policy = select(on("2026-12-10"))
    sort = QualificationKind.QUALIFICATION
    assert policy.right(sort, Matter.WORKS_TENDER) == "construction-law-26-1"
    assert policy.right(sort, Matter.GOVERNMENT_PROCUREMENT) == ""
    assert policy.right(QualificationKind.CERTIFICATE, Matter.WORKS_TENDER) == ""


def test_every_value_of_the_day_has_its_citation() -> None:
    policy = select(on("2026-12-10"))
    assert {name for name in policy.chosen if policy.citation_of(name).rule} == set(policy.chosen)
    assert policy.citation_of("conclusion").own


def test_every_day_since_the_first_has_values() -> None:
    first, days = date(2023, 5, 1), range(365 * 10)
    pack = pack_of(PACKS)
    assert all(pack.on(first + timedelta(days=n), "").day for n in days)


def test_of_two_releases_the_newest_judges(packs: Packs) -> None:
    folder = packs()
    local(folder, "990102", ("released: 2026-11-22", "released: 2026-11-01"))
    newer = (
        (folder / "local-990102.yaml")
        .read_text("utf-8")
        .replace("released: 2026-11-01", "released: 2026-11-20")
    )
    (folder / "local-990102-b.yaml").write_text(newer, encoding="utf-8")
    chosen = select(on("2026-12-10"), folder).pack
    assert (chosen.name, chosen.released) == ("local-990102", date(2026, 11, 20))


@pytest.mark.parametrize(
    ("known_at", "released"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 19), date(2026, 11, 1)),
        (date(2026, 11, 1), date(2026, 11, 1)),
    ],
)
def test_on_a_day_in_the_past_the_release_of_that_day_judges(
    known_at: date, released: date, packs: Packs
) -> None:
    folder = packs(("released: 2026-11-22", "released: 2026-11-01"))
    newer = (
        (folder / "national.yaml").read_text("utf-8").replace("released: 2026-11-01", "released: 2026-11-20")
    )
    (folder / "national-2.yaml").write_text(newer, encoding="utf-8")
    assert select(on("2026-12-10"), folder, known_at=known_at).pack.released == released


def test_before_the_first_release_there_was_no_pack(packs: Packs) -> None:
    folder = packs()
    assert select(on("2026-12-10"), folder, known_at=date(2026, 11, 22)).pack.name == "national"
    assert no_pack(on("2026-12-10"), folder, known_at=date(2026, 11, 20))["matter"] == Matter.WORKS_TENDER
