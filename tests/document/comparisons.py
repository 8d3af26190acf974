"""Comparisons of reports that were never issued, made of sample judgements."""

from datetime import datetime
from typing import Any

from reportgen.assess.model import Assessment
from reportgen.bundle import certified_sheet
from reportgen.cli.demo import sample_office
from reportgen.document import compared
from reportgen.document.compared import Comparison, Finding, Lot, Partner, Party, Place, Report
from reportgen.document.issuer import issuer_of
from reportgen.document.typeset import Typeset
from reportgen.pipeline import Means, judge
from reportgen.policy.loader import shelf
from reportgen.project.model import Matter
from tests.bundling import bidder, renamed, small_project, together, weaker, with_joint_ventures
from tests.document.samples import request

AT = datetime(2026, 12, 10, 10, 30)
LAW = shelf()
LONG = "样本省城乡基础设施与公共建筑工程建设集团第三有限责任公司"
ISSUER = issuer_of(sample_office())


def assessed(name: str = "housing-small-exact") -> Assessment:
    asked = request(name)
    return judge(asked.applicant, asked.project)[1]


def report(number: int, assessment: Assessment | None, **changes: Any) -> Report:
    members = assessment.applicant if assessment else ()
    given = tuple(Partner(uscc=m.uscc, name=m.name, share=m.share, work=m.work) for m in members)
    asked = compared.asked([assessment] if assessment else [])
    return Report(
        **{
            "number": f"XY20261124{number:08d}-A",
            "applicant": given or (Partner(uscc="9" * 18, name=""),),
            "recipient": Party(uscc="1" * 18, name="样本市教育局"),
            "conclusion": assessment.conclusion.value
            if assessment and assessment.conclusion
            else "具备信用能力",
            "issued_at": datetime(2026, 11, 24, 9, 30),
            "valid_until": AT.date(),
            "state": "有效",
            "used_at": None,
            "revoked_at": None,
            "changes": (),
            "later": (),
            "sha256": "a" * 64,
            "pages": 18,
            "file": f"报告/XY20261124{number:08d}-A.pdf",
            "finding": Finding(sound=True, says="真实"),
            "judged": compared.judged(assessment, asked, LAW) if assessment else None,
            **changes,
        }
    )


def comparison(*reports: Report, requirements: Any = (), **changes: Any) -> Comparison:
    lot = Lot(id="", name="", requirements=requirements, reports=reports, relations=(), unread=())
    owner = Party(uscc="1" * 18, name="样本市教育局")
    place = Place(
        id="XM-1", name="样本工程", round=1, matter=Matter.WORKS_TENDER, owner=owner, agent=None,
        closes_by="投标截止时间", closes="2026年12月10日 10:00",
    )  # fmt: skip
    return Comparison(
        **{
            "number": "BD-20261210-103000",
            "sample": True,
            "agency": compared.party(ISSUER.agency),
            "project": place,
            "as_of": AT,
            "lots": (lot,),
            **changes,
        }
    )


def twelve() -> tuple[Comparison, Typeset]:
    """Return a comparison of twelve applicants, a joint venture and a long name among them, and its pages."""
    project = with_joint_ventures(small_project())
    applicants = [request("housing-disputed").applicant, together(renamed(bidder(1), LONG), bidder(2))]
    applicants += [together(weaker(bidder(n)), bidder(n + 100)) for n in range(3, 13)]
    found = [judge(applicant, project)[1] for applicant in applicants]
    asked = compared.asked(found)
    reports = [report(n, a, judged=compared.judged(a, asked, LAW)) for n, a in enumerate(found)]
    made = comparison(*reports, requirements=asked)
    return made, certified_sheet(made, Means(ISSUER.as_sample()), AT).made
