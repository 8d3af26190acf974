"""The applicant (申请人): one subject, or a joint venture (联合体) of subjects with their shares."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from reportgen.errors import ReportgenError
from reportgen.faults import faults_of
from reportgen.project.model import Project
from reportgen.subject.base import Date, Model, Share, Text
from reportgen.subject.model import Subject

_SINGLE = Decimal(1)
_ROUNDING = Decimal("0.0001")


class Member(Model):
    """A member of the applicant: the subject, its share of 0 to 1, and its part of the work.

    `specialties` names the categories of 资质 the member answers for by the agreement of the members.
    """

    subject: Subject
    share: Share = _SINGLE
    work: Annotated[str, Field(max_length=200)] = ""
    specialties: tuple[Text, ...] = ()


class ComparedList(Model):
    """A list (名单) with which members and related parties were compared, by the edition that counted then."""

    name: Text
    collected_on: Date
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Applicant(Model):
    """The members, the lead first. A single subject is an applicant with one member of share 1.

    `compared` names the lists with which the office compared the members before it judged; it enters them, no file.
    """

    members: tuple[Member, ...] = Field(min_length=1, max_length=20)
    compared: tuple[ComparedList, ...] = ()

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
        total = sum((member.share for member in self.members), Decimal(0))
        if abs(total - _SINGLE) > _ROUNDING:
            raise ValueError(f"成员份额合计 {total}，应为 1")
        return self


def single(subject: Subject) -> Applicant:
    """Return the applicant that is one subject."""
    return Applicant(members=(Member(subject=subject),))


def joint(lead: Subject, partners: Sequence[tuple[Subject, Decimal]], works: Sequence[str] = ()) -> Applicant:
    """Return a joint venture; the lead holds what the partners' shares leave.

    Raises E0202 (shares), E0301 (a member named twice, a share of too many digits).
    """
    given = [share for _, share in partners]
    total = sum(given, Decimal(0))
    if not all(share.is_finite() and share > 0 for share in given) or total >= _SINGLE:
        raise ReportgenError("E0202", path="partner", shares="、".join(map(str, given)), total=total)
    shares = [(lead, _SINGLE - total), *partners]
    texts = [*works, *[""] * (len(shares) - len(works))]
    try:
        members = [
            Member(subject=s, share=share, work=w) for (s, share), w in zip(shares, texts, strict=True)
        ]
        return Applicant(members=tuple(members))
    except ValidationError as error:
        raise ReportgenError("E0301", path="partner", faults=faults_of(error)) from error


def check_joint(applicant: Applicant, project: Project) -> None:
    """Raise E0308 where the project does not accept this joint venture."""
    check_members(len(applicant.members), project)


def check_members(count: int, project: Project) -> None:
    """Raise E0308 where the project does not accept a joint venture of so many members."""
    if count == 1:
        return
    rule = project.joint_venture
    if not rule.accepted:
        raise ReportgenError("E0308", path="applicant", detail="本项目不接受联合体")
    if rule.most_members is not None and count > rule.most_members:
        detail = f"成员 {count} 家，多于允许的 {rule.most_members} 家"
        raise ReportgenError("E0308", path="applicant", detail=detail)
