"""What only the agency's own desk sees beside a judgement: the finance warning and Altman's Z''.

Nothing of it enters a factor, a conclusion, a tender's report or its twin.
"""

from rich.tree import Tree

from reportgen.assess.case import Case
from reportgen.assess.finance import Altman, FinanceWarning, warning
from reportgen.assess.wording import number, percent
from reportgen.cli.explain import branch
from reportgen.cli.paragraph import Paragraph


def desk(case: Case) -> Tree:
    """Return the finance warning of every member as a tree."""
    tree = Tree(Paragraph("机构内部参考：财务预警（不进入评价）", "bold"), guide_style="dim")
    for subject in case.subjects:
        _warning(tree, case.name_of(subject), warning(subject, case.judged_on))
    return tree


def _warning(tree: Tree, mark: str, found: FinanceWarning) -> None:
    level = f"预警等级 {found.level}" if found.level else found.note
    part = branch(tree, f"{mark}{found.name}：{level}", "bold")
    year = f"{found.year} 年经审计报表，" if found.year else ""
    branch(part, f"{year}{found.card}，总分 {number(found.total, 1)}，比率覆盖率 {percent(found.coverage)}")
    if found.probability is not None:
        branch(
            part, f"建模样本中同分企业五年内破产的比例 {percent(found.probability, 1)}，不是对本主体的预测"
        )
    for line in found.lines:
        node = branch(part, f"{line.name}（{line.sense}）：{number(line.points, 1)} 分，{line.piece}")
        branch(node, line.formula)
    _altman(part, found.altman)
    branch(part, found.notice)


def _altman(part: Tree, found: Altman) -> None:
    score = (
        "" if found.z is None or found.em is None else f" {number(found.z, 4)}（EM {number(found.em, 4)}）"
    )
    node = branch(part, f"Altman Z''{score}：{found.zone}，仅供对照")
    for item in found.inputs:
        branch(node, f"{item.name}：{item.formula}")
    branch(node, found.formula)
