"""缺件清单: the letter that tells an applicant why no conclusion can be given yet and what to supply."""

from reportgen.assess.wording import day, percent
from reportgen.document.compose import Inputs, drawn_seal
from reportgen.document.content import Letter, Pair
from reportgen.document.tables import Cell, Column, clipped, table

_LONG = 240


def gaps_letter(inputs: Inputs) -> Letter:
    """Return the letter for an assessment without a conclusion; raises ValueError where there is one."""
    case, gaps = inputs.case, inputs.assessment.gaps
    if gaps is None:
        raise ValueError("the assessment has a conclusion")
    rows = [
        (Cell(str(index)), Cell(gap.what, note=gap.clause), Cell(_short(gap.why)), Cell(_short(gap.how)))
        for index, gap in enumerate(gaps.gaps, 1)
    ]
    columns = [Column("序", 6), Column("事项", 32), Column("原因", 28), Column("请补充", 34)]
    project = case.project
    return Letter(
        title="缺件清单",
        agency=inputs.issuer.agency.name,
        sample=inputs.issuer.agency.sample,
        number=inputs.identity.number,
        to=case.applicant.name,
        about=(
            Pair(
                "项目",
                f"{project.name}（{project.id}）" + (f"，标段 {project.lot.id}" if project.lot else ""),
            ),
            Pair("使用单位", inputs.binding.recipient.name),
            Pair(project.judged_by, day(project.judged_on)),
            Pair("证据覆盖率", f"{percent(gaps.coverage)}（作出结论至少需 {percent(gaps.least)}）"),
        ),
        paragraphs=(
            "贵单位为上列项目申请信用报告。经核查，现有证据尚不足以作出结论，本机构未出具信用报告，"
            "也未作出任何有利或不利的判断。请按下表补充材料，经本机构核实后重新评价。",
        ),
        tables=(table(f"缺件清单（共 {len(rows)} 项）", columns, rows),),
        closing=(
            f"补充材料请送 {inputs.issuer.agency.address}，联系电话 {inputs.issuer.agency.phone}。",
            "对本清单有异议的，可按同一渠道提出。",
        ),
        running_use="本清单不是信用报告，不含任何结论",
        date_line=day(inputs.identity.issued_at.date()),
        seal=drawn_seal(inputs.issuer),
    )


def _short(text: str) -> str:
    return clipped(text, _LONG, "，可向本机构索取")
