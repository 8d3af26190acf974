"""Tables of the office's facts: agency, users, staff, subjects, projects, checks, lists, pulls.

Facts are kept whole, version by version, with the day they describe (valid time, `as_of`) and the moment
the office learned them (known time, `known_at`), so that any earlier judgement can be repeated. Moments
are those of Asia/Shanghai without a zone, the same on every database. Nothing here is updated in place
but what describes the present: names, roles, the end of a filing.
"""

from datetime import date

from pydantic import NaiveDatetime
from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=NAMES)
"""Every table of the office; constraints have names, so that a migration can take them back."""
REVISION = "0014"
"""The migration that makes the tables as they stand here and in the register; a test holds it to the last one."""
ROLES = ("ADMIN", "CLERK", "REVIEWER", "ISSUER", "AUDITOR")
SHA256 = 64


class Row(SQLModel):
    """A row of the office's database; what would validate it is built when it is first asked for."""

    model_config = {"defer_build": True}
    metadata = METADATA


class AgencyRow(Row, table=True):
    """The agency of this office with its 备案; there is one. `filing_lost_on` ends issuing at once."""

    __tablename__ = "agency"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: int = Field(default=1, primary_key=True)
    uscc: str = Field(max_length=18)
    name: str = Field(max_length=200)
    filing_number: str = Field(max_length=200)
    filing_authority: str = Field(max_length=200)
    filing_since: date
    filing_until: date
    filing_lost_on: date | None = None


class UserRow(Row, table=True):
    """A person who works with the office's system, by login; a user is never deleted, only closed."""

    __tablename__ = "user"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(max_length=60, unique=True)
    name: str = Field(max_length=60)
    closed_at: NaiveDatetime | None = None


class RoleRow(Row, table=True):
    """A role of a user."""

    __tablename__ = "role"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="known"),)

    user_id: int = Field(sa_column_args=(ForeignKey("user.id"),), primary_key=True)
    role: str = Field(max_length=20, primary_key=True)


class StaffRow(Row, table=True):
    """A person of the agency who prepares, reviews or issues, and the posts' dates."""

    __tablename__ = "staff"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    post: str = Field(max_length=60)
    since: date
    until: date | None = None


class StaffRecordRow(Row, table=True):
    """A person's own record with the agency (从业人员信用记录): training, warning, error found."""

    __tablename__ = "staff_record"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(sa_column_args=(ForeignKey("staff.id"),), index=True)
    on: date
    kind: str = Field(max_length=60)
    text: str = Field(sa_type=Text)


class SubjectRow(Row, table=True):
    """A legal entity the office knows, by its USCC, with the name it has now and those before, one a line."""

    __tablename__ = "subject"

    uscc: str = Field(max_length=18, primary_key=True)
    name: str = Field(max_length=200, index=True)
    former_names: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})


class FormerCodeRow(Row, table=True):
    """A code that a subject had before the one it has now."""

    __tablename__ = "former_code"

    code: str = Field(max_length=30, primary_key=True)
    uscc: str = Field(sa_column_args=(ForeignKey("subject.uscc"),), max_length=18, primary_key=True)


class SnapshotRow(Row, table=True):
    """A subject's facts as learned at one moment: canonical JSON and its SHA-256.

    Where the law makes the office forget, `erased_at` is set and the hash stays: the facts it forgets are
    taken out of `content`, whose hash is then `redacted_sha256`, or `content` is taken out as a whole.
    A content may come again, after another one: its hash is not unique.
    """

    __tablename__ = "snapshot"
    __table_args__ = (
        Index("ix_snapshot_uscc_sha256", "uscc", "sha256"),
        Index("ix_snapshot_uscc_known_at", "uscc", "known_at"),
        CheckConstraint("content IS NOT NULL OR erased_at IS NOT NULL", name="erased"),
        CheckConstraint(
            "(redacted_sha256 IS NOT NULL) = (content IS NOT NULL AND erased_at IS NOT NULL)", name="redacted"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    uscc: str = Field(sa_column_args=(ForeignKey("subject.uscc"),), max_length=18)
    as_of: date
    known_at: NaiveDatetime
    sha256: str = Field(max_length=SHA256)
    content: str | None = Field(default=None, sa_type=Text)
    erased_at: NaiveDatetime | None = None
    redacted_sha256: str | None = Field(default=None, max_length=SHA256)


class CheckRow(Row, table=True):
    """A 核实记录: which fact of which subject was checked, by whom, how and when."""

    __tablename__ = "fact_check"
    __table_args__ = (UniqueConstraint("uscc", "fact", "by", "on", "how"),)

    id: int | None = Field(default=None, primary_key=True)
    uscc: str = Field(sa_column_args=(ForeignKey("subject.uscc"),), max_length=18)
    fact: str = Field(max_length=64)
    by: str = Field(max_length=200)
    how: str = Field(max_length=200)
    on: date


class ProjectRow(Row, table=True):
    """A project as learned at one moment; an amended tender is a later version of the same round.

    An amendment may be taken back, so a content may come again: its hash is not unique.
    `closes_at` is the 投标截止时间, or the first moment of the day of the decision.
    """

    __tablename__ = "project"
    __table_args__ = (
        Index("ix_project_project_round_sha256", "project", "round", "sha256"),
        Index("ix_project_project_round_known_at", "project", "round", "known_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    project: str = Field(max_length=64)
    round: int
    name: str = Field(max_length=200)
    matter: str = Field(max_length=20)
    region: str = Field(max_length=6)
    owner: str = Field(max_length=18, index=True)
    agent: str = Field(default="", max_length=18, index=True, sa_column_kwargs={"server_default": ""})
    closes_at: NaiveDatetime
    known_at: NaiveDatetime
    sha256: str = Field(max_length=SHA256)
    content: str = Field(sa_type=Text)


class LotRow(Row, table=True):
    """A lot of a project's version."""

    __tablename__ = "lot"

    project_id: int = Field(sa_column_args=(ForeignKey("project.id"),), primary_key=True)
    lot: str = Field(max_length=64, primary_key=True)
    name: str = Field(max_length=200)


class ListRow(Row, table=True):
    """A list (名单) by its name, its kind (a kind of record), and by which table of characters its names compare."""

    __tablename__ = "list"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200, unique=True)
    kind: str = Field(max_length=20)
    spelling: str = Field(max_length=20)


class EditionRow(Row, table=True):
    """A list as it was collected on a day and learned at a moment, with the hash of its file.

    It has no `entries` while they are brought in, and counts for nobody until then.
    """

    __tablename__ = "list_edition"

    id: int | None = Field(default=None, primary_key=True)
    list_id: int = Field(sa_column_args=(ForeignKey("list.id"),), index=True)
    source: str = Field(max_length=200)
    collected_on: date
    known_at: NaiveDatetime
    sha256: str = Field(max_length=SHA256)
    entries: int


_THERE = text("gone_id IS NULL")


class EntryRow(Row, table=True):
    """Who stands on a list, from the edition that first says so until the first one that says it no more.

    What later editions repeat word for word is the same entry; `digest` is of what it says.
    """

    __tablename__ = "list_entry"
    __table_args__ = tuple(
        Index(f"ix_list_entry_{'_'.join(columns)}", *columns, sqlite_where=_THERE, postgresql_where=_THERE)
        for columns in (("list_id", "digest"), ("uscc",), ("name_key",))
    )

    id: int | None = Field(default=None, primary_key=True)
    list_id: int = Field(sa_column_args=(ForeignKey("list.id"),))
    edition_id: int = Field(sa_column_args=(ForeignKey("list_edition.id"),))
    gone_id: int | None = Field(default=None, sa_column_args=(ForeignKey("list_edition.id"),))
    digest: str = Field(max_length=32)
    uscc: str | None = Field(default=None, max_length=18)
    name: str = Field(max_length=200)
    name_key: str = Field(max_length=200)
    former_names: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})
    listed_on: date
    until: date | None = None
    basis: str = Field(sa_type=Text)
    authority: str = Field(max_length=200)


class AliasRow(Row, table=True):
    """A former name of an entry, as it is compared."""

    __tablename__ = "list_alias"

    entry_id: int = Field(sa_column_args=(ForeignKey("list_entry.id"),), primary_key=True)
    name_key: str = Field(max_length=200, primary_key=True, index=True)


class HitRow(Row, table=True):
    """A hit (命中): a subject, or a party one step from it, and the entry of a list that has its code or its name.

    PROVEN is the same code; of the same name alone nothing follows while it is OPEN.
    """

    __tablename__ = "hit"
    __table_args__ = (
        UniqueConstraint("uscc", "entry_id", "party_key"),
        CheckConstraint("state IN ('PROVEN', 'OPEN', 'CONFIRMED', 'REJECTED')", name="state"),
        CheckConstraint(
            "(state IN ('CONFIRMED', 'REJECTED')) = (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
            name="decided",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    uscc: str = Field(sa_column_args=(ForeignKey("subject.uscc"),), max_length=18)
    entry_id: int = Field(sa_column_args=(ForeignKey("list_entry.id"),))
    party_key: str = Field(max_length=200)
    party: str = Field(max_length=200)
    party_uscc: str | None = Field(default=None, max_length=18)
    relation: str = Field(max_length=200)
    state: str = Field(max_length=10)
    found_at: NaiveDatetime
    decided_at: NaiveDatetime | None = None
    decided_by: str | None = Field(default=None, max_length=60)
    reason: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": ""})


class PullRow(Row, table=True):
    """A database that the office pulls from, by its source, as which mapping, and when it did last."""

    __tablename__ = "pull"

    source: str = Field(max_length=64, primary_key=True)
    mapping_sha256: str = Field(max_length=SHA256)
    at: NaiveDatetime


class PullMarkRow(Row, table=True):
    """How far a table of a database has been seen: its latest change, as ISO 8601."""

    __tablename__ = "pull_mark"

    source: str = Field(sa_column_args=(ForeignKey("pull.source"),), max_length=64, primary_key=True)
    path: str = Field(max_length=60, primary_key=True)
    mark: str = Field(max_length=60)


class PulledRow(Row, table=True):
    """What a database said of a code when it was entered last, as a digest, and as of which day.

    The digest is empty where the database says nothing of it any more. What is `due` was faulty, and is read again.
    """

    __tablename__ = "pulled"

    source: str = Field(sa_column_args=(ForeignKey("pull.source"),), max_length=64, primary_key=True)
    code: str = Field(max_length=200, primary_key=True)
    digest: str = Field(default="", max_length=SHA256)
    on: date | None = None
    due: bool = False
