"""公平竞争自查: what a pack must not reward or bar by, checked on the values and texts it hands out.

The 招标投标领域公平竞争审查规则 binds those who make policy (政策制定机关); the agency holds its own method to the
same measure by analogy (比照). A sentence that forbids a criterion names it too: only a clause in which
nothing forbids it counts as using it. A statement counts only where it speaks of giving or barring, and
what a switch's caution warns of is not searched.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel

from reportgen.policy.citation import Citation
from reportgen.policy.model import Policy
from reportgen.policy.rules import Switch, SwitchTest
from reportgen.policy.wording import FIELDS, SERIES
from reportgen.project.model import TENDER_MATTERS
from reportgen.subject.base import Identifier, LongText, Model, Text

CRITERIA, EQUALITY, OWNERS = "fair-bidding-7", "fair-bidding-9", "fair-bidding-20"
GROUNDS = frozenset({CRITERIA, EQUALITY, OWNERS})


class Outcome(StrEnum):
    """How a check came out."""

    PASSED = "通过"
    REMARK = "提示"
    FAILED = "不通过"


class FairCheck(Model):
    """One check of a pack: what was checked, how it came out, and the finding with its place."""

    id: Identifier
    checked: Text
    outcome: Outcome
    finding: LongText
    cite: Identifier

    def ground(self, shelf: Mapping[str, Citation]) -> str:
        """Return by what the check was made, as it is printed: by analogy, never as a duty of the agency."""
        return f"比照{shelf[self.cite].label()}"


class _Said(NamedTuple):
    """A text by which a pack gives, bars or tells something, and its place."""

    place: str
    text: str


_CRITERIA = "注册资金|注册资本|实缴资本|(?<!大)规模|注册地|所有制|国有企业|国企|民营|外资|市场占有率|负债率|净资产|产地"
_REGION = "(?:本地|本市|本省|本区|本县|当地|辖区|区域内|域内|市内|省内|外地|外省|外市|异地)"
_WHO = "(?:企业|单位|供应商|投标人|申请人|法人|主体|产品|品牌|业绩|纳税|注册|设立|分支|登记(?!机关))"
_LOCAL = f"{_REGION}.{{0,4}}{_WHO}"
_FORBIDDEN = re.compile("不得?(?:因|以|按|依|凭|将|设|分|论|区分|采)|无论|不论|禁止|平等对待|同等对待")
_CLAUSE, _SENTENCE = re.compile(r"[，。；！？\n]"), re.compile(r"[。；！？\n]")
_CONSEQUENCE = re.compile("加分|减分|扣分|得分|优先|优待|优惠|倾斜|限制|排除|取消|不予|不得参加|不列入|禁止")
_KEYS = re.compile(
    "capital|ownership|region|market_share|debt|net_asset|company_size|scale|origin"
    f"|^[0-9]{{6}}$|{_CRITERIA}|{_LOCAL}"
)
# Beyond this a figure in a parameter is a sum in 元, not a multiple, a share, months or years.
_LARGEST_MULTIPLE = Decimal(100)
_PER_PERSON = "staff_per_year_value"


def self_check(policy: Policy) -> tuple[FairCheck, ...]:
    """Return every check of the pack as it stands on the policy's day, in the order they are printed."""
    return tuple(check(policy) for check in _CHECKS)


def _curve(policy: Policy) -> FairCheck:
    full = policy.curve.full
    place = f"满分点为需要的 {full * 100:.0f}%"
    return _check(
        "size-earns-nothing",
        "超出项目需要的能力不加分",
        CRITERIA,
        [f"{place}，超出需要仍在加分"] if full > 1 else [],
        place,
    )


def _weights(policy: Policy) -> FairCheck:
    weights = policy.weights
    total = weights.factors + weights.record + weights.similar
    return _check(
        "weights-are-whole",
        "总分只由能力要素、信用记录与同类项目构成",
        CRITERIA,
        [f"三项{SERIES['weights']}合计 {total}，另有未列明的计分"] if total != 1 else [],
        "三项权重合计为 1",
    )


def _criteria(policy: Policy) -> FairCheck:
    return _check(
        "no-forbidden-criterion",
        "不以注册资金、规模、所有制、注册地、产地、市场占有率、负债率、净资产规模为条件",
        CRITERIA,
        _uses(_CRITERIA, [*_giving(policy), *_statements(policy)]),
        "否决项、地方规则、奖惩措施与声明均未以此为条件",
    )


def _local(policy: Policy) -> FairCheck:
    return _check(
        "no-local-preference",
        "不因地区给予优待或限制",
        EQUALITY,
        _uses(_LOCAL, [*_giving(policy), *_statements(policy)]),
        "否决项、地方规则、奖惩措施与声明均未区分本地与外地",
    )


def _keys(policy: Policy) -> FairCheck:
    keys = [
        f"{SERIES[name]}（{name}）按 {key} 取值"
        for name, dated in policy.chosen.items()
        for key in _named(dated.value)
        if _KEYS.search(key)
    ]
    return _check(
        "no-value-by-region", "数值不按地区、所有制或规模取值", EQUALITY, keys, "各项数值对所有主体相同"
    )


def _parameters(policy: Policy) -> FairCheck:
    fields = FIELDS["tender_defaults"]
    figures = {name: Decimal(str(getattr(policy.defaults, name))) for name in fields if name != _PER_PERSON}
    fixed = [
        f"{fields[name][0]}（{name}）为 {figure}，是固定金额而不是倍数"
        for name, figure in figures.items()
        if figure > _LARGEST_MULTIPLE
    ]
    return _check(
        "needs-scale-with-project",
        "招标文件未写明的需要额随项目金额与工期计算",
        CRITERIA,
        fixed,
        "默认参数均为倍数或期限；只有每人对应的年合同额为金额",
    )


def _grade_switches(policy: Policy) -> FairCheck:
    switches = [s for s in _switches(policy) if s.test is SwitchTest.GRADE]
    silent = [f"{s.title}（switches {s.id}）没有写明提醒" for s in switches if not s.caution.strip()]
    named = f"{len(switches)} 条地方规则（{'、'.join(s.id for s in switches)}）"
    check = _check(
        "grade-needs-a-choice",
        "按信用等级排除的地方规则须由招标人自行决定并附提醒",
        OWNERS,
        silent,
        "没有按信用等级排除的地方规则",
    )
    if silent or not switches:
        return check
    found = f"{named}按信用等级排除；只在招标人书面选用时适用，选用前应作公平竞争审查"
    return check.model_copy(update={"outcome": Outcome.REMARK, "finding": found})


def _recognition(policy: Policy) -> FairCheck:
    titles = [r.title for r in policy.pack.recognises if r.applies(policy.day)]
    check = _check(
        "regions-recognised-alike", "对各地信用服务机构同等认可", EQUALITY, [], "没有只认可部分地区机构的条款"
    )
    if not titles:
        return check
    found = f"只列明认可{'、'.join(titles)}的机构；其他地区的机构是否同等认可，由使用单位决定"
    return check.model_copy(update={"outcome": Outcome.REMARK, "finding": found})


def _warning(policy: Policy) -> FairCheck:
    matters = sorted(m.value for m in TENDER_MATTERS if policy.informs(m))
    return _check(
        "no-finance-warning-in-tenders",
        "招标采购事项不印财务预警",
        CRITERIA,
        [f"财务预警（information）列入{'、'.join(matters)}"] if matters else [],
        "财务预警只在所列其他事项作参考" if policy.pack.information else "不印财务预警",
    )


def _check(name: str, checked: str, cite: str, failures: Sequence[str], passed: str) -> FairCheck:
    outcome = Outcome.FAILED if failures else Outcome.PASSED
    return FairCheck(
        id=name, checked=checked, outcome=outcome, finding="；".join(failures) or passed, cite=cite
    )


def _giving(policy: Policy) -> Iterator[_Said]:
    """Yield the texts by which something is given or barred."""
    yield from (_Said(f"否决项 {g.id}", g.title) for g in policy.gates)
    yield from (_Said(f"地方规则 {s.id}", f"{s.title}；{s.text}") for s in _switches(policy))
    yield from (_Said(f"{m.sort}措施 {m.id}", m.text) for m in policy.pack.measures if m.applies(policy.day))


def _statements(policy: Policy) -> Iterator[_Said]:
    """Yield the printed sentences that speak of giving or barring."""
    for statement in policy.statements.values():
        for sentence in _SENTENCE.split(statement.text):
            if _CONSEQUENCE.search(sentence):
                yield _Said(f"声明 {statement.id}", sentence)


def _switches(policy: Policy) -> list[Switch]:
    return [switch for switch in policy.pack.switches if switch.applies(policy.day)]


def _uses(pattern: str, texts: Iterable[_Said]) -> list[str]:
    """Return the places whose text uses what a pattern finds, each with the clause that does."""
    return [
        f"{said.place}：“{clause}”"
        for said in texts
        for clause in _CLAUSE.split(said.text)
        if (found := re.search(pattern, clause)) and not _FORBIDDEN.search(clause[: found.start()])
    ]


def _named(value: object) -> Iterator[str]:
    """Yield every key of a value, at any depth."""
    if isinstance(value, BaseModel):
        value = dict(value)
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield str(key)
            yield from _named(below)


_CHECKS = (
    _curve,
    _weights,
    _criteria,
    _local,
    _keys,
    _parameters,
    _grade_switches,
    _recognition,
    _warning,
)
