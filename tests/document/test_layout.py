"""Nothing on a page stands where it should not: every sample, odd subjects, and the check itself."""

from pathlib import Path

import pytest
from weasyprint import HTML

from tests.document import generated
from tests.document.generated import odd, of_long_names, of_seed
from tests.document.layout import findings
from tests.document.samples import LETTERS, REPORTS, Press
from tests.once import Once

pytestmark = pytest.mark.usefixtures("secret")
_LINE = "评标委员会依此判断申请人是否具备承担本项目的信用能力" * 2
_SVG = "<svg xmlns=%22http://www.w3.org/2000/svg%22 width=%2230%22 height=%2230%22/>"
_ROWS = "<tr><td>甲</td><td>乙</td></tr>"


def found(folder: Path, body: str, style: str = "") -> str:
    """Return the faults of a small tagged page, as one text."""
    page = "@page { size: A4; margin: 25mm } body { font: 12pt/1.5 'Reportgen Song', 'Noto Serif CJK SC'; margin: 0 }"
    html = f"<html lang=zh><title>页</title><style>{page} {style}</style><body>{body}"
    path = folder / "page.pdf"
    HTML(string=html).write_pdf(path, pdf_tags=True)
    return "\n".join(findings(path))


@pytest.mark.parametrize("name", [*REPORTS, *LETTERS])
def test_the_pages_of_every_sample_are_in_order(name: str, press: Press) -> None:
    assert findings(press(name)[1]) == []


@pytest.mark.parametrize("name", ["long-texts", "bare"])
def test_the_pages_on_odd_subjects_are_in_order(name: str, once: Once, tmp_path: Path) -> None:
    done = once(f"odd-{name}", lambda: generated.issued(odd(name), tmp_path))
    path = tmp_path / "report.pdf"
    path.write_bytes(done.pdf)
    assert findings(path) == []


def test_partners_with_the_longest_names_fit_the_cover_and_every_page_head(tmp_path: Path) -> None:
    done = generated.issued(of_long_names(2), tmp_path)
    assert done.path is not None
    assert findings(Path(done.path)) == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(300))
def test_the_pages_on_three_hundred_subjects_are_in_order(seed: int, tmp_path: Path) -> None:
    done = generated.issued(of_seed(seed), tmp_path)
    path = tmp_path / "report.pdf"
    path.write_bytes(done.pdf)
    assert findings(path) == []


def test_a_page_in_order_has_no_faults(tmp_path: Path) -> None:
    table = f"<table><thead><tr><th>列</th><th>行</th></tr></thead><tbody>{_ROWS * 3}</tbody></table>"
    assert found(tmp_path, f"<h1>标题</h1><p>{_LINE}。</p>{table}<p>{_LINE}。</p>") == ""


@pytest.mark.parametrize(
    ("fault", "body"),
    [
        ("文字出了版心", f"<p style='white-space: nowrap'>{_LINE * 2}</p>"),
        ("文字相叠", "<p>甲乙丙丁</p><p style='margin-top: -8mm'>戊己庚辛</p>"),
        ("没有正文", "<p>甲</p><div style='break-before: page; height: 20mm'></div>"),
        ("标题在页末", f"<p>甲</p><h1>标题</h1><p style='break-before: page'>{_LINE}。</p>"),
        (
            "表头之下没有一行",
            "<table><thead><tr><th>列</th></tr></thead><tbody><tr><td></td></tr></tbody></table>",
        ),
        (
            "表题或图题在页末",
            f"<p>表题</p><table style='break-before: page'><thead><tr><th>列<th>行</thead>{_ROWS}</table>",
        ),
        (
            "段落只有一行落单",
            f"<div style='height: 238mm'>甲</div><p style='margin: 0; orphans: 1; widows: 1'>{_LINE}</p>",
        ),
        (
            "一行分在两页",
            "<div style='height: 225mm'>甲</div><table><thead><tr><th>列<th>行</thead>"
            f"<tbody><tr><td style='width: 30mm'>{_LINE * 2}</td><td>乙</td></tr></tbody></table>",
        ),
        (
            "伸入邻列",
            "<table style='table-layout: fixed; width: 60mm'><thead><tr><th>列<th>行</thead>"
            "<tbody><tr><td>AAAAAAAAAAAAAAAAAAAAAAAA</td><td>乙</td></tr></tbody></table>",
        ),
        (
            "结论不止一页",
            "<h1>1结论</h1><p style='break-before: page'>甲</p><h1 style='break-before: page'>2项目要求对照</h1><p>乙</p>",
        ),
        (
            "印章之前没有正文",
            f"<p>{_LINE}。</p><p style='break-before: page'>机构</p><img alt='专用章' src='data:image/svg+xml,{_SVG}'>",
        ),
        (
            "出了图或页边",
            "<p>甲</p><p style='position: running(head); padding-top: 70mm'>页眉</p><p style='margin-top: 60mm'>乙</p>",
        ),
    ],
)
def test_each_fault_is_found(fault: str, body: str, tmp_path: Path) -> None:
    style = (
        "@page { @top-center { content: element(head); vertical-align: top } }" if "running" in body else ""
    )
    assert fault in found(tmp_path, body, style)
