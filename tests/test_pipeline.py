"""The flow: who may issue, what identifies a report, and that a file appears whole or not at all."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reportgen import pipeline
from reportgen.cli.demo import request_of, sample_office
from reportgen.document.typeset import Typeset
from reportgen.errors import ReportgenError
from reportgen.pipeline import Judged
from reportgen.plain import read_plain
from reportgen.settings import Office, asset_dir
from tests.factories import lot_data, project

NOW = datetime(2026, 11, 21, 9, 30)
SAMPLES = asset_dir("sample_subjects")
CASE = next(c for c in read_plain(SAMPLES / "cases.yaml").data["cases"] if c["id"] == "service-young")


def changed_office(section: str, **changes: Any) -> Office:
    office = sample_office()
    data = {name: dict(part) if isinstance(part, dict) else part for name, part in office.data.items()}
    data[section] = {**data[section], **changes}  # type: ignore[dict-item]
    return Office(office.folder, data)


@pytest.mark.parametrize(
    ("section", "changes", "code"),
    [
        ("agency", {"filing_until": "2026-11-20"}, "E1101"),
        ("agency", {"filing_since": "2026-11-22"}, "E1101"),
        ("staff", {"reviewed_by": "编制员甲"}, "E1102"),
        ("agency", {"name": ""}, "E0311"),
    ],
)
def test_what_is_not_permitted_writes_nothing(
    section: str, changes: dict[str, str], code: str, tmp_path: Path
) -> None:
    with pytest.raises(ReportgenError) as caught:
        pipeline.issue(request_of(CASE, SAMPLES), changed_office(section, **changes), NOW, tmp_path / "r.pdf")
    assert caught.value.code == code
    assert not list(tmp_path.iterdir())


def test_the_agency_does_not_report_on_itself(tmp_path: Path) -> None:
    request = request_of(CASE, SAMPLES)
    office = changed_office("agency", uscc=request.applicant.lead.uscc)
    with pytest.raises(ReportgenError) as caught:
        pipeline.issue(request, office, NOW, tmp_path / "r.pdf")
    assert caught.value.code == "E1103"


def test_in_a_tender_the_applicant_does_not_pay_for_its_own_report(tmp_path: Path) -> None:
    request = request_of(CASE, SAMPLES)
    payer = request.applicant.lead.uscc
    paid = replace(request, binding=request.binding.model_copy(update={"payer": payer}))
    with pytest.raises(ReportgenError) as caught:
        pipeline.issue(paid, sample_office(), NOW, tmp_path / "r.pdf")
    assert caught.value.code == "E1105"
    assert not list(tmp_path.iterdir())


def test_a_selected_lot_shows_in_the_snapshot() -> None:
    applicant = request_of(CASE, SAMPLES).applicant
    lots = project(lots=[lot_data("A"), lot_data("B")])
    chosen = [lots, lots.select("A"), lots.select("B")]
    assert len({pipeline.snapshot(applicant, item) for item in chosen}) == 3


def judged(**changes: object) -> Judged:
    asked = request_of(CASE, SAMPLES)
    asked = replace(asked, project=asked.project.model_copy(update=changes))
    means = pipeline.means_of(sample_office(), NOW)
    return Judged(asked, *pipeline.judge(asked.applicant, asked.project), means)


def test_the_last_day_of_the_filing_still_permits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "typeset", lambda *_: Typeset(b"%PDF-", 1))
    office = changed_office("agency", filing_until="2026-11-21")
    assert pipeline.issue(request_of(CASE, SAMPLES), office, NOW, tmp_path).pdf


def test_the_same_request_on_one_day_has_one_number_and_another_day_another() -> None:
    found = judged()
    first = pipeline.identify(found, b"s", NOW)
    assert pipeline.identify(found, b"s", NOW.replace(hour=17)).number == first.number
    assert pipeline.identify(found, b"s", NOW.replace(day=22)).number != first.number
    assert pipeline.identify(found, b"t", NOW).code != first.code


def test_a_report_may_be_used_as_long_as_the_rule_pack_says_or_till_the_project_s_own_day() -> None:
    assert pipeline.identify(judged(), b"s", NOW).valid_until == NOW.date() + timedelta(days=90)
    own = NOW.date() + timedelta(days=7)
    assert pipeline.identify(judged(report_valid_until=own), b"s", NOW).valid_until == own


def test_no_report_is_issued_that_could_not_be_used(tmp_path: Path) -> None:
    with pytest.raises(ReportgenError) as caught:
        late = NOW.date() - timedelta(days=1)
        pipeline.issue(judged(report_valid_until=late).request, sample_office(), NOW, tmp_path)
    assert caught.value.code == "E0323"


def test_a_snapshot_depends_on_the_facts_alone() -> None:
    request = request_of(CASE, SAMPLES)
    first = pipeline.snapshot(request.applicant, request.project)
    again = request_of(CASE, SAMPLES)
    assert pipeline.snapshot(again.applicant, again.project) == first
    other = again.project.model_copy(update={"value": again.project.value + 1})
    assert pipeline.snapshot(again.applicant, other) != first
