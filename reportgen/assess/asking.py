"""What to ask for where something is missing, and whom: the applicant, or a public source.

A public source is looked up by the agency; nobody may be asked to bring its own clean record.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from reportgen.subject.base import Model

_NAMED = re.compile("《[^》]*》|“[^”]*”")
_WHERE = (
    (re.compile("公共信用信息"), "信用中国或地方信用网站的公共信用信息报告"),
    (re.compile("登记机关|登记信息|股东|任职|变更登记"), "国家企业信用信息公示系统"),
    (re.compile("行贿|刑事|诉讼|司法"), "人民法院公开的裁判与执行信息"),
    (re.compile("完整合同记录|完整的合同记录"), "公共资源交易平台与行业监管平台"),
    (re.compile("公共来源"), "作出决定的机关或公布它的网站"),
)
_QUESTION, _ORIGINALS = "？请核对", "招标文件与证书、合同等原件"
"""How a question ends that a person of the agency has to settle, and what by."""
_CHECK = re.compile("(.+)的核实(?:记录)?")
_LOOKED_UP = re.compile("查询结果|公共平台上的完整合同记录|登记机关公示|公共来源或核实记录")


class Whom(StrEnum):
    """Who is asked."""

    APPLICANT = "申请人"
    PUBLIC = "公共来源"


class Ask(Model):
    """One paper or look-up to ask for; `where` names the public source, and is empty for the applicant."""

    whom: Whom
    paper: str
    where: str = ""


def asks(papers: Iterable[str]) -> tuple[Ask, ...]:
    """Return whom to ask for each of the papers that a judgement names as missing, each once."""
    return tuple(_ask(paper) for paper in dict.fromkeys(papers))


def how(papers: Iterable[str], otherwise: str) -> str:
    """Return in a sentence what to do about what a judgement lacks; `otherwise` where it names nothing."""
    listed = list(papers)
    questions = [paper for paper in listed if paper.endswith(_QUESTION)]
    rest = [paper for paper in listed if paper not in questions]
    material = f"请提供{'、'.join(rest) or otherwise}，由本机构核实"
    return "；".join([*questions, *([material] if rest or not questions else [])])


def looked_up(paper: str) -> Ask:
    """Return that a paper is to be looked up at a public source, whatever its name."""
    words = _NAMED.sub("", paper)
    return Ask(whom=Whom.PUBLIC, paper=paper, where=next(w for p, w in _PLACES if p.search(words)))


def brought(paper: str) -> Ask:
    """Return that the applicant is asked for a paper, whatever its name.

    Where a judgement lacks the check of something, the applicant is asked for what can be checked.
    """
    unchecked = _CHECK.fullmatch(paper)
    return Ask(whom=Whom.APPLICANT, paper=f"可供核实的材料：{unchecked[1]}" if unchecked else paper)


def _ask(paper: str) -> Ask:
    if paper.endswith(_QUESTION):
        return Ask(whom=Whom.PUBLIC, paper=paper, where=_ORIGINALS)
    # A contract may be called after a 公共 building: what stands in quotes says nothing.
    return looked_up(paper) if _LOOKED_UP.search(_NAMED.sub("", paper)) else brought(paper)


_PLACES = (*_WHERE, (re.compile(""), "公布该项信息的公共平台"))
