"""Records and certificates of the sample subjects, as they are typeset."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from reportgen.assess.extract import Extract, extract, extract_policy
from reportgen.assess.grade import GradeAssessment, grade, grading_policy
from reportgen.cli.demo import sample_office
from reportgen.document.certificate import GradeInputs, certificate
from reportgen.document.extract import ExtractInputs, extract_content
from reportgen.document.issuer import Identity, Stage, grading_filing, issuer_of
from reportgen.document.reusable_twin import GRADE_FILE, RECORD_FILE, grade_twin, record_twin
from reportgen.document.typeset import Enclosure, Typeset, typesetter
from reportgen.intake.files import load_subject
from reportgen.settings import asset_dir
from reportgen.subject.model import Subject

NOW = datetime(2026, 11, 21, 9, 30)
SUBJECTS = asset_dir("sample_subjects") / "subjects"
ISSUER = issuer_of(sample_office())
REGION = "210500"


def subject(name: str) -> Subject:
    return load_subject(SUBJECTS / f"{name}.yaml")


def identity(number: str = "XY20261121E42EJ6YR-A", **changes: Any) -> Identity:
    code = "0123456789ABCDEFGHJKMNPQRS"
    given: dict[str, Any] = {
        "number": number,
        "code": code,
        "url": f"https://verify.example.cn/v/{number}/{code}",
        "stage": Stage.ISSUED,
        "issued_at": NOW,
        "valid_until": NOW.date(),
        "registered": True,
        "signed": True,
    }
    return Identity(**given | changes)


def extracted(name: str) -> tuple[Subject, Extract]:
    known = subject(name)
    return known, extract(known, extract_policy(known.registration.region, NOW.date()), NOW.date())


def graded(name: str) -> tuple[Subject, GradeAssessment]:
    known = subject(name)
    return known, grade(known, grading_policy(REGION, NOW.date()), NOW.date())


def record(name: str) -> Typeset:
    known, found = extracted(name)
    content = extract_content(ExtractInputs(known, found, ISSUER, identity()))
    data = Enclosure(RECORD_FILE, record_twin(found, ISSUER, identity()), "数据")
    return typesetter().document("extract.html.j2", content, NOW, identity().number, [data])


def grade_of(name: str) -> Typeset:
    known, found = graded(name)
    filing = grading_filing(ISSUER.agency, known, NOW.date())
    content = certificate(GradeInputs(known, found, filing, ISSUER, identity()))
    data = Enclosure(GRADE_FILE, grade_twin(found, filing, ISSUER, identity()), "数据")
    return typesetter().document("certificate.html.j2", content, NOW, identity().number, [data])


MAKERS: Mapping[str, Callable[[str], Typeset]] = {"record": record, "grade": grade_of}
