"""Offices with the reports of several applicants for one project, issued without typesetting each of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from reportgen import pipeline
from reportgen.bundle import Bundled, bundle
from reportgen.cli.demo import sample_office
from reportgen.document.issuer import Binding, Identity
from reportgen.document.typeset import Typeset
from reportgen.intake.files import load_project, load_subject
from reportgen.pipeline import Issued, Judged, Request
from reportgen.press import Press
from reportgen.project.applicant import Applicant, joint
from reportgen.project.model import Party, Project
from reportgen.registry.entries import enter_project
from reportgen.registry.manifest import Scope
from reportgen.settings import Office, asset_dir
from reportgen.store.engine import Store
from reportgen.store.files import Folder
from reportgen.subject.model import Subject
from tests.factories import made_up_uscc

SAMPLES = asset_dir("sample_subjects")
ISSUED, OPENED = datetime(2026, 11, 24, 9, 30), datetime(2026, 12, 10, 10, 0)
SECRET = b"a secret of the tests, 32 bytes!!"
SMALL = "JCYP-FJ-2026-0233"


@dataclass(frozen=True)
class Desk:
    """An office's press with its folder, and what it does in the tests."""

    press: Press
    folder: Path
    project: Project

    @property
    def office(self) -> Office:
        """Return the sample office as if it lay in this folder; it has no signing key."""
        return Office(self.folder, sample_office().data)

    def issue(self, applicant: Applicant, *, lot: str = "", at: datetime = ISSUED, **changes: Any) -> Issued:
        """Issue a report for an applicant; its file is a few bytes of its own."""
        request = Request(applicant, self.project.select(lot), self.binding, **changes)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pipeline, "typeset", _small)
            return pipeline.issue(request, self.office, at, None, self.press)

    @property
    def binding(self) -> Binding:
        """Return what every report is bound to: the project's owner, who pays."""
        owner = Party(name=self.project.owner.name, uscc=self.project.owner.uscc)
        return Binding(
            recipient=owner, purpose="参加投标", authorisation="样例授〔2026〕1号", payer=owner.uscc
        )

    def bundled(self, out: Path, at: datetime = OPENED, **scope: Any) -> Bundled:
        """Write the bundle of the project."""
        return bundle(Scope(self.project.id, **scope), self.office, self.press, out, at)


def _small(judged: Judged, identity: Identity) -> Typeset:
    return Typeset(small_pdf(identity.number), 1)


def small_pdf(number: str) -> bytes:
    """Return a page with nothing on it, of a title of its own."""
    made = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Title"] = number
        document.save(made, static_id=True)
    return made.getvalue()


@contextmanager
def desk(store: Store, folder: Path, project: Project | None = None) -> Iterator[Desk]:
    """Yield a desk that knows a project, by default the small housing works."""
    (folder / "secret").write_bytes(SECRET)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPORTGEN_SECRET_FILE", str(folder / "secret"))
        found = Desk(Press(store, Folder(folder / "files"), SECRET), folder, project or small_project())
        store.write(lambda session: enter_project(session, found.project, found.press.desk(ISSUED)))
        yield found


def small_project() -> Project:
    """Return the project that most bidders of the tests apply for."""
    return load_project(SAMPLES / "projects" / "housing-small.yaml")


@cache
def _builder() -> Subject:
    return load_subject(SAMPLES / "subjects" / "02-small-housing-builder.yaml")


def bidder(number: int, **registration: Any) -> Subject:
    """Return a builder of its own code, name, persons and address, otherwise like the small sample builder."""
    model = _builder()
    name = f"样本{number:02d}号建筑有限公司"
    own = {"legal_representative": f"甲{number}人", "address": f"样本市示例路{number}号", **registration}
    person = own["legal_representative"]
    return model.model_copy(
        update={
            "uscc": made_up_uscc(number + 100),
            "name": name,
            "registration": model.registration.model_copy(update=own),
            "officers": (model.officers[0].model_copy(update={"name": person}),),
            "shareholders": (model.shareholders[0].model_copy(update={"name": person}),),
            "people": tuple(p.model_copy(update={"name": f"{p.name}{number}"}) for p in model.people),
        }
    )


def weaker(subject: Subject) -> Subject:
    """Return a subject whose 资质 nobody lists any more."""
    return subject.model_copy(update={"qualifications": ()})


def together(lead: Subject, *partners: Subject) -> Applicant:
    """Return a joint venture of equal partners behind a lead."""
    share = Decimal(1) / (len(partners) + 2)
    return joint(lead, [(partner, round(share, 2)) for partner in partners], ["施工总承包"])


def with_joint_ventures(project: Project) -> Project:
    """Return a project that takes joint ventures."""
    rule = project.joint_venture.model_copy(update={"accepted": True})
    return project.model_copy(update={"joint_venture": rule})


def holding(subject: Subject, holder: Subject, share: str) -> Subject:
    """Return a subject of which another one holds a share."""
    first = subject.shareholders[0]
    part = Decimal(share)
    held = first.model_copy(
        update={
            "id": "SHR-99",
            "name": holder.name,
            "uscc": holder.uscc,
            "kind": "企业法人",
            "share": part,
            "controls": False,
        }
    )
    rest = first.model_copy(update={"share": 1 - part})
    return subject.model_copy(update={"shareholders": (rest, held)})


def numbers(reports: Sequence[Issued]) -> list[str]:
    """Return the numbers of reports in the order in which a comparison has them."""
    return sorted(report.number for report in reports)


def renamed(subject: Subject, name: str) -> Subject:
    """Return a subject of another name."""
    return subject.model_copy(update={"name": name})


def supersede(report: Issued, applicant: Applicant, place: Desk, at: datetime) -> Issued:
    """Issue a report that takes the place of another one."""
    return place.issue(applicant, at=at, supersedes=report.number)
