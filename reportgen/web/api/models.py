"""What the API is sent and what it answers; the descriptions stand in openapi.json."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from reportgen.certify.folding import Key, Verdict
from reportgen.project.model import Matter
from reportgen.registry.application_rows import ApplicationState
from reportgen.registry.tables import State
from reportgen.subject.base import LONGEST_TEXT, Share
from reportgen.subject.identifiers import Uscc
from reportgen.zone import CHINA

# No control characters: a database may refuse them, and no id or name has any.
_PLAIN = r"^[^\x00-\x1f\x7f]*$"
NUMBER = r"^[0-9A-Za-z-]{4,40}$"

Moment = Annotated[
    datetime,
    PlainSerializer(lambda value: value.replace(tzinfo=CHINA).isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment of Asia/Shanghai, written with its offset."""
Number = Annotated[str, Field(pattern=NUMBER, description="报告编号")]
Project = Annotated[str, Field(min_length=1, max_length=64, pattern=_PLAIN, description="项目编号")]
Round = Annotated[int, Field(ge=1, le=20, description="轮次，首次招标为 1")]
Lot = Annotated[str, Field(max_length=64, pattern=_PLAIN, description="标段；不分标段的为空")]
Code = Annotated[
    Uscc, Field(description="统一社会信用代码", json_schema_extra={"examples": ["91990102MA9C2K077N"]})
]
Words = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=_PLAIN)]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class SentMember(_Sent):
    """联合体成员。"""

    uscc: Code
    share: Annotated[
        Share, Field(description="份额，大于 0、至多 1，各成员合计为 1", json_schema_extra={"type": "string"})
    ]
    work: Words = Field(default="", description="分工")


class SentApplication(_Sent):
    """出具信用报告的申请；申请人为密钥所属账号的单位，联合体的牵头人。"""

    project: Project
    round: Round = 1
    lot: Lot = ""
    recipient: Code = Field(description="使用单位：项目的招标人（主管部门）或代理机构的统一社会信用代码")
    payer: Code = Field(description="付费人；招标事项不得为申请人")
    authorisation: Annotated[
        str, Field(min_length=1, max_length=500, pattern=_PLAIN, description="授权书的文号或说明")
    ]
    purpose: Words = Field(default="", description="用途；不写的按项目")
    members: tuple[SentMember, ...] = Field(
        default=(), max_length=20, description="联合体的全部成员，牵头人在前；独立投标的不写"
    )


class SentPaper(_Sent):
    """纸面上的编号与核验码。"""

    number: Annotated[str, Field(min_length=1, max_length=60, pattern=_PLAIN, description="报告编号")]
    code: Annotated[
        str,
        Field(min_length=1, max_length=60, pattern=_PLAIN, description="核验码，不分大小写，空格可有可无"),
    ]


class SentUse(_Sent):
    """要核销的报告，和用于哪个项目。"""

    number: Number
    project: Project
    round: Round = 1
    lot: Lot = ""


class Party(_Told):
    """单位。"""

    uscc: str = Field(description="统一社会信用代码")
    name: str = Field(description="名称；库内没有的为空")


class Change(_Told):
    """出具之后的变化。"""

    word: str = Field(description="需更新、异议中、已出更正通知、被替代")
    at: Moment


class Member(_Told):
    """申请人的一个成员。"""

    uscc: str
    share: str
    work: str


class Application(_Told):
    """申请及其办理的进度。"""

    id: str = Field(description="申请的标识")
    state: ApplicationState
    state_name: str = Field(description="状态的中文")
    project: str
    round: int
    lot: str
    recipient: Party
    payer: str
    purpose: str
    authorisation: str
    members: tuple[Member, ...]
    submitted_at: Moment
    due_at: Moment = Field(description="办结期限")
    ended_at: Moment | None = Field(description="出具、退回或撤回的时间")
    note: str = Field(description="机构的说明，如退回的原因")
    report: str | None = Field(description="已出具的报告的编号")


class ReportState(StrEnum):
    """报告的状态；SUPERSEDED 只用于等级证书。投标人自登记中标公示起才看到 CONSUMED、ARCHIVED，此前为核销之前的状态。"""

    ISSUED = State.ISSUED
    CONSUMED = State.CONSUMED
    ARCHIVED = State.ARCHIVED
    EXPIRED = State.EXPIRED
    REVOKED = State.REVOKED
    SUPERSEDED = "SUPERSEDED"


class Report(_Told):
    """已出具的报告。"""

    number: str
    kind: str = Field(description="信用报告、信用记录、综合信用等级证书")
    state: ReportState
    state_name: str = Field(description="状态的中文")
    usable: bool = Field(description="现在可否使用")
    changes: tuple[Change, ...]
    applicant: tuple[Party, ...]
    project: str
    round: int
    lot: str
    recipient: str = Field(description="使用单位的统一社会信用代码")
    conclusion: str
    issued_at: Moment
    valid_until: date | None
    pages: int | None
    sha256: str | None = Field(description="文件的 SHA-256")


class Subject(_Told):
    """本单位在库的信息的概况。"""

    uscc: str
    name: str
    former_names: tuple[str, ...]
    kind: str
    standing: str = Field(description="登记状态")
    as_of: date = Field(description="数据截止日")
    facts: dict[str, int] = Field(description="各类信息的条数，如 contracts、people、records")
    sources: tuple["SubjectSource", ...]


class SubjectSource(_Told):
    """信息的来源。"""

    name: str
    origin: str
    collected_on: date


class Tender(_Told):
    """项目的一轮。"""

    project: str
    round: int
    name: str
    matter: Matter
    region: str = Field(description="行政区划代码")
    owner: Party = Field(description="招标人、采购人或主管部门")
    agent: Party | None = Field(description="代理机构")
    lots: tuple["TenderLot", ...]
    closes_at: Moment = Field(description="投标截止时间")
    opened: bool = Field(description="是否已过投标截止时间")


class TenderLot(_Told):
    """标段。"""

    id: str
    name: str


class Paper(_Told):
    """纸面应当与之一致的内容，和报告现在的状态；不说何时由谁核销，核销与否自登记中标公示起才说，使用单位与出具机构除外。"""

    verdict: Verdict
    number: str
    kind: str
    applicant: tuple[Party, ...]
    project: str
    project_name: str
    round: int
    lot: str
    conclusion: str
    pages: int | None
    issued_at: Moment
    valid_until: date | None
    state: str = Field(description="状态的中文")
    usable: bool
    changes: tuple[Change, ...]
    later: tuple[str, ...] = Field(description="替代它的报告的编号")
    agency: str
    looked_at: Moment


class Point(_Told):
    """核验的一个要点。"""

    key: Key
    name: str
    ok: bool | None = Field(description="null 为无法核对")
    why: str
    advice: str


class FileCheck(_Told):
    """文件的核验结果。"""

    verdict: Verdict
    sentence: str = Field(description="一句话的结果")
    number: str = Field(description="报告编号；认不出的为空")
    sha256: str
    sample: bool = Field(description="测试证书签署的样例，没有效力")
    points: tuple[Point, ...]
    looked_at: Moment


class UseOutcome(StrEnum):
    """核销的结果：USED 此次核销，ALREADY 先前已由本单位用于本项目。"""

    USED = "USED"
    ALREADY = "ALREADY"


class UseResult(_Told):
    """核销的结果。"""

    outcome: UseOutcome
    number: str
    project: str
    round: int
    lot: str
    used_at: Moment = Field(description="核销的时间；ALREADY 为首次核销的时间")


class UsageLine(_Told):
    """一组文书在一个季度的出具与使用。"""

    kind: str
    matter: str
    recipient: Party
    conclusion: str
    issued: int | None = Field(description="出具的份数；只告诉出具机构")
    used: int = Field(description="使用的份数")


class Usage(_Told):
    """一个季度的使用统计。"""

    quarter: str
    lines: tuple[UsageLine, ...]


class Applications(_Told):
    """一页申请，新的在前。"""

    items: tuple[Application, ...]
    next_cursor: str | None = Field(description="取下一页用；没有下一页的为 null")


class Reports(_Told):
    """一页报告，新的在前。"""

    items: tuple[Report, ...]
    next_cursor: str | None = Field(description="取下一页用；没有下一页的为 null")


class Tenders(_Told):
    """一页项目，新近导入的在前。"""

    items: tuple[Tender, ...]
    next_cursor: str | None = Field(description="取下一页用；没有下一页的为 null")


class ProblemFault(_Told):
    """一处错误。"""

    code: str
    path: str = Field(description="字段的路径，如 members[1].share")
    what: str


class Problem(_Told):
    """出错的回答（RFC 9457）；code 见 docs/errors.md。"""

    type: str
    title: str = Field(description="何事")
    status: int
    detail: str = Field(description="何因")
    instance: str = Field(description="请求的编号，报告问题时请附上")
    code: str
    fix: str = Field(description="如何处理")
    path: str
    faults: tuple[ProblemFault, ...]
    exit: int = Field(description="命令行的退出码，供对照")
