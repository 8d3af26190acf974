"""The applicant (申请人): one subject, or a joint venture (联合体) of subjects with their shares."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from reportgen.errors import ReportgenError
from reportgen.project.model import Project
from reportgen.subject.base import Model, Share
from reportgen.subject.model import Subject

_SINGLE = Decimal(1)


class Member(Model):
    """A member of the applicant: the subject, its share of 0 to 1, and its part of the work."""

    subject: Subject
    share: Share = _SINGLE
    work: Annotated[str, Field(max_length=200)] = ""


class Applicant(Model):
    """The members, the lead first. A single subject is an applicant with one member of share 1."""

    members: tuple[Member, ...] = Field(min_length=1, max_length=20)

    @property
    def lead(self) -> Subject:
        """Return the lead's subject, or the only one."""
        return self.members[0].subject

    @property
    def joint(self) -> bool:
        """Say whether this is a joint venture."""
        return len(self.members) > 1

    @property
    def name(self) -> str:
        """Return the name as a report gives it."""
        names = "、".join(member.subject.name for member in self.members)
        return f"{names}（联合体）" if self.joint else names

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Return the subjects, the lead first."""
        return tuple(member.subject for member in self.members)

    @model_validator(mode="after")
    def _distinct_and_whole(self) -> Self:
        codes = [member.subject.uscc for member in self.members]
        if len(set(codes)) < len(codes):
            raise ValueError("联合体成员重复")
        return self


def single(subject: Subject) -> Applicant:
    """Return the applicant that is one subject."""
    return Applicant(members=(Member(subject=subject),))


def joint(lead: Subject, partners: Sequence[tuple[Subject, Decimal]], works: Sequence[str] = ()) -> Applicant:
    """Return a joint venture; the lead holds what the partners' shares leave. Raises E0202."""
    rest = _SINGLE - sum((share for _, share in partners), Decimal(0))
    if rest <= 0 or any(share <= 0 for _, share in partners):
        raise ReportgenError("E0202", path="partner", total=_SINGLE - rest + max(rest, Decimal(0)))
    shares = [(lead, rest), *partners]
    texts = [*works, *[""] * (len(shares) - len(works))]
    members = [
        Member(subject=s, share=share, work=work) for (s, share), work in zip(shares, texts, strict=True)
    ]
    return Applicant(members=tuple(members))


def check_joint(applicant: Applicant, project: Project) -> None:
    """Raise E0308 where the project does not accept this joint venture."""
    if not applicant.joint:
        return
    rule = project.joint_venture
    if not rule.accepted:
        raise ReportgenError("E0308", path="applicant", detail="本项目不接受联合体")
    if rule.most_members is not None and len(applicant.members) > rule.most_members:
        detail = f"成员 {len(applicant.members)} 家，多于允许的 {rule.most_members} 家"
        raise ReportgenError("E0308", path="applicant", detail=detail)
