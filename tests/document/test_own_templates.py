"""An office's own templates: what they may rearrange, and that they can hide nothing."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from weasyprint import CSS, HTML

from reportgen.document.completeness import require_plain, require_whole
from reportgen.document.content import Content, Letter
from reportgen.document.own_look import OwnLook
from reportgen.document.own_templates import documents, environment, rendered, starting_file
from reportgen.document.statements import statements
from reportgen.document.typeset import Typesetter
from reportgen.errors import ReportgenError
from reportgen.settings import asset_dir
from tests.document.looks import composed
from tests.document.samples import NOW
from tests.once import Once

TEMPLATES = asset_dir("templates")
REPORT = "report.html.j2"
EXTENDS = '{% extends "packaged/report.html.j2" %}'


@pytest.fixture
def report(once: Once, tmp_path: Path) -> Content:
    content: Content = once("own-report", lambda: composed("housing-disputed", tmp_path))
    return content


@pytest.fixture
def letter(once: Once, tmp_path: Path) -> Letter:
    content: Letter = once("own-letter", lambda: composed("housing-gaps", tmp_path))
    return content


def html_of(source: str, content: Content) -> str:
    own = {REPORT: source}
    made = environment(TEMPLATES, own)
    values = {"c": content, "look": OwnLook(), "created": "", "figures": lambda _: "chart.svg"}
    return rendered(made, REPORT, own, **values)


def lacking(source: str, content: Content) -> list[str]:
    """Return what a report in a template lacks, as far as its HTML tells."""
    try:
        require_plain(HTML(string=html_of(source, content)).etree_element, REPORT, content)
    except ReportgenError as error:
        assert error.code == "E0706"
        assert {fault.path for fault in error.faults} == {f"templates/{REPORT}"}
        return [fault.what for fault in error.faults]
    return []


def refused(source: str, content: Content) -> str:
    with pytest.raises(ReportgenError) as raised:
        html_of(source, content)
    assert raised.value.code == "E0705"
    return raised.value.text()


@pytest.mark.parametrize("name", [REPORT, "letter.html.j2"])
def test_a_starting_file_changes_nothing(name: str, report: Content, letter: Letter) -> None:
    own = {name: starting_file(name, documents(TEMPLATES)[name])}
    content = report if name == REPORT else letter
    values = {"c": content, "look": OwnLook(), "created": "", "figures": lambda _: "chart.svg"}
    pages = [rendered(environment(TEMPLATES, given), name, given, **values) for given in ({}, own)]
    assert pages[0] == pages[1]


def test_every_block_says_what_it_is() -> None:
    found = documents(TEMPLATES)
    assert {REPORT, "letter.html.j2"} <= found.keys()
    assert all(what for blocks in found.values() for what in blocks.values())


@pytest.mark.parametrize(
    "source",
    [
        EXTENDS,
        EXTENDS + "{% block contents %}{% endblock %}",
        EXTENDS + "{% block conclusion_facts %}{% endblock %}"
        "{% block conclusion_risks %}{{ super() }}{{ self.conclusion_facts() }}"
        "<table>{% for f in v.facts %}<tr><th scope='row'>{{ f.name }}</th><td>{{ f.value }}{{ f.note }}</td></tr>{% endfor %}</table>"
        "{% endblock %}",
        EXTENDS + "{% block section %}<div class='chapter'>{{ super() }}</div>{% endblock %}",
        EXTENDS + "{% block cover_head %}<p>真诚服务</p>{{ super() }}{% endblock %}",
    ],
    ids=["as it is", "no contents", "moved", "wrapped", "added"],
)
def test_what_only_looks_otherwise_is_taken(source: str, report: Content) -> None:
    assert lacking(source, report) == []


@pytest.mark.parametrize(
    ("block", "named"),
    [
        ("conclusion_sentence", "结论句（verdict.sentence）"),
        ("conclusion_sentence", "决定因素（verdict.binding）"),
        ("conclusion_advice", "决策建议"),
        ("conclusion_risks", "风险提示（verdict.risks[0]）"),
        ("conclusion_profile", "缺少图，或其替代文字不是"),
        ("cover_sign", "缺少图，或其替代文字不是：样例信用服务有限公司信用报告专用章"),
        ("declaration_clauses", "声明（clauses[0]）"),
        ("declaration_agency", "出具机构与备案"),
        ("sections", "表下的数据来源（sections["),
    ],
)
def test_what_a_template_drops_is_named(block: str, named: str, report: Content) -> None:
    found = lacking(f"{EXTENDS}{{% block {block} %}}{{% endblock %}}", report)
    assert any(named in what for what in found), found


def test_a_conclusion_that_stands_only_among_the_terms_is_missed(report: Content) -> None:
    capable = replace(report, verdict=replace(report.verdict, sentence="具备信用能力", tag=""))
    kept = "{{ v.binding }}（{{ v.basis }}）{% for p in v.about %}{{ p.name }}{{ p.value }}{% endfor %}{{ v.others | join }}"
    assert lacking(f"{EXTENDS}{{% block conclusion_sentence %}}<p>{kept}</p>{{% endblock %}}", capable) == [
        "结论句没有单独成段：具备信用能力"
    ]


def test_a_row_without_one_of_its_cells_is_missed(report: Content) -> None:
    source = EXTENDS + (
        "{% block section %}{{ super() | replace('不满足', '') }}{% endblock %}"
        "{% block conclusion_sentence %}{{ super() | replace('【异议中】', '') }}{% endblock %}"
    )
    found = lacking(source, report)
    assert any("结论句" in what for what in found)


@pytest.mark.parametrize(
    ("added", "named"),
    [
        ("<script>1</script>", "不接受元素 script"),
        ("<style>p { color: white }</style>", "不接受元素 style"),
        ("<svg></svg>", "不接受元素 svg"),
        ("<p style='display: none'>甲</p>", "属性 style 不可用"),
        ("<p style='position: absolute; width: 3mm'>甲</p>", "属性 style 不可用"),
        ("<p onclick='x'>甲</p>", "属性 onclick 不可用"),
        ("<p hidden>甲</p>", "属性 hidden 不可用"),
        ("<img src='https://example.cn/a.png' alt='甲'>", "属性 src 不可用"),
        ("<img src='asset:figure/seal.svg'>", "没有替代文字"),
        ("<a href='https://example.net'>甲</a>", "属性 href 不可用：https://example.net"),
        ("<a href='javascript:x'>甲</a>", "属性 href 不可用"),
    ],
)
def test_what_could_run_or_fetch_or_paint_over_is_refused(added: str, named: str, report: Content) -> None:
    found = lacking(f"{EXTENDS}{{% block cover_head %}}{added}{{{{ super() }}}}{{% endblock %}}", report)
    assert len(found) == 1
    assert named in found[0]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (EXTENDS + "\n{% block covers %}{% endblock %}", "第 2 行：没有名为 covers 的块，可用：conclusion"),
        (EXTENDS + "\n{% block cover %}", "第 2 行：语法有误"),
        (EXTENDS + "{% block cover %}{{ c.nothing }}{% endblock %}", "取不到所要的内容"),
        (EXTENDS + "{% block cover %}{{ c.__class__ }}{% endblock %}", "第 1 行"),
        (EXTENDS + "{% block cover %}{{ c.title.__class__.__mro__ }}{% endblock %}", "模板不得这样做"),
        (EXTENDS + "{% block cover %}{{ 1 / 0 }}{% endblock %}", "模板运算出错（ZeroDivisionError）"),
        (EXTENDS + "{% block cover %}{{ c.title | safe }}{% endblock %}", "不得关闭转义"),
        (
            EXTENDS + "{% block cover %}{% autoescape false %}{% endautoescape %}{% endblock %}",
            "不得关闭转义",
        ),
        ('{% extends "packaged/../../etc/passwd" %}', "取不到所要的内容"),
        ('{% include "/etc/passwd" %}', "取不到所要的内容"),
    ],
)
def test_a_faulty_template_is_told_with_its_place(source: str, why: str, report: Content) -> None:
    text = refused(source, report)
    assert f"templates/{REPORT}" in text
    assert why in text


def test_parts_that_hold_the_tables_together_cannot_be_replaced() -> None:
    with pytest.raises(ReportgenError, match="不能替换"):
        environment(TEMPLATES, {"blocks.html.j2": "x"})


def test_a_hostile_name_stays_text(report: Content) -> None:
    made = environment(TEMPLATES, {"own.html.j2": "{{ c }}"})
    assert rendered(made, "own.html.j2", {"own.html.j2": ""}, c="<b>甲</b>") == "&lt;b&gt;甲&lt;/b&gt;"


def test_a_letter_in_own_templates_is_typeset_and_one_that_hides_its_parties_is_not(letter: Letter) -> None:
    same = OwnLook("1", templates={"letter.html.j2": '{% extends "packaged/letter.html.j2" %}'})
    made = Typesetter(TEMPLATES, same).document("letter.html.j2", letter, NOW, "1")
    assert made.pdf == Typesetter(TEMPLATES).document("letter.html.j2", letter, NOW, "1").pdf
    bare = "<html lang='zh-CN'><body>{% for line in said %}<p>{{ line }}</p>{% endfor %}</body></html>"
    lines = "".join(f"<p>{text}</p>" for _, text in statements(letter))
    seal = f"<img src='asset:figure/seal.svg' alt='{letter.seal.alt}'>"
    own = OwnLook(
        "2",
        templates={
            "letter.html.j2": bare.replace("{% for line in said %}", lines + seal + "{% for line in [] %}")
        },
    )
    with pytest.raises(ReportgenError) as raised:
        Typesetter(TEMPLATES, own).document("letter.html.j2", letter, NOW, "1")
    found = [fault.what for fault in raised.value.faults]
    assert "第 1 页的页眉页脚缺少使用单位与用途（running_use）" in found
    assert "第 2 页的页眉页脚缺少样例" in found


@dataclass(frozen=True)
class Said:
    """The least that pages are checked against."""

    running_use: str = "仅供甲使用"
    agency: str = "某机构"
    date_line: str = "2026年"
    sample: bool = False
    draft: bool = False
    qr_svg: str = ""


RUNNING = "@page { size: 200mm 100mm; margin: 20mm; @bottom-left { content: element(use) } } .use { position: running(use) }"
BODY = "<html lang='zh'><body><div class='use'>仅供甲使用</div><p class='words'>不具备信用能力</p>{qr}</body></html>"
QR = "<img class='qr' src='asset:figure/qr.svg' alt='码' style='width: 22mm; height: 22mm'>"


def faults_of(css: str, body: str = BODY, **said: Any) -> list[str]:
    from reportgen.document.typeset import Assets

    assets = Assets()
    assets.figures["qr.svg"] = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    source = HTML(string=body.format(qr=QR), url_fetcher=assets, base_url="asset:")
    pages = source.render(stylesheets=[CSS(string=RUNNING + css)]).pages
    try:
        require_whole(source.etree_element, pages, "report.html.j2", Said(**said))
    except ReportgenError as error:
        return [fault.what for fault in error.faults]
    return []


HIDDEN = "版面上看不到，或太小、太淡、出了页面：不具备信用能力"


@pytest.mark.parametrize(
    ("css", "found"),
    [
        ("", []),
        (".words { font-size: 6pt; color: #767676 }", []),
        (".words { display: none }", [HIDDEN]),
        (".words { visibility: hidden }", [HIDDEN]),
        (".words { font-size: 5pt }", [HIDDEN]),
        (".words { color: #dddddd }", [HIDDEN]),
        (".words { color: rgba(0, 0, 0, 0) }", [HIDDEN]),
        (".words { background: black; color: black }", [HIDDEN]),
        (".words { position: absolute; left: -90mm }", [HIDDEN]),
        (".words { position: absolute; top: 130mm }", [HIDDEN]),
        (".qr { position: absolute; left: 0; top: 0 }", ["第 1 页有图压在文字上：qr.svg"]),
        (".qr { max-width: 12mm }", ["缺少二维码，或宽 12 mm，不足 20 mm"]),
        (".use { position: static }", ["第 1 页的页眉页脚缺少使用单位与用途（running_use）"]),
    ],
)
def test_what_the_pages_do_not_show_is_missed(css: str, found: list[str]) -> None:
    assert faults_of(css) == found


def test_each_page_after_the_first_says_that_it_is_a_sample_or_a_draft() -> None:
    css = ".qr { break-before: page; display: block }"
    assert faults_of(css, sample=True, draft=True) == [
        "第 2 页的页眉页脚缺少样例",
        "第 2 页的页眉页脚缺少草稿",
    ]
