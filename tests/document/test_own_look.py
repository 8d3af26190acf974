"""An agency's own look: what it may change, what is refused and why, and that its reports stay what they are."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from reportgen.document.inks import contrast, difference
from reportgen.document.look import tokens
from reportgen.document.own_look import PACKAGED
from reportgen.document.soundness import unsound
from reportgen.document.twin import read_twin
from reportgen.errors import ReportgenError
from reportgen.pipeline import Issued, issue
from tests.document import archive, layout, pdf
from tests.document.looks import GREEN, LOGO, font, issuer_with, office_with
from tests.document.samples import NOW, request
from tests.once import Once

DECLARED = "本机构的评价人员每年接受不少于 24 学时的培训。"


def refused(folder: Path, look: dict[str, object], **files: str | bytes) -> set[tuple[str, str]]:
    """Return the path of each field that is refused, and why."""
    with pytest.raises(ReportgenError) as raised:
        issuer_with(folder, look, files={"file": files.get("file", "")})
    assert raised.value.code == "E0311"
    return {(fault.path, fault.what) for fault in raised.value.faults}


def told(found: set[tuple[str, str]], path: str, why: str) -> bool:
    return any(place == path and why in what for place, what in found)


def png(size: tuple[int, int]) -> bytes:
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] - 1, size[1] - 1), fill="#0b5d4b")
    output = BytesIO()
    picture.save(output, "PNG")
    return output.getvalue()


def test_an_office_without_a_look_has_the_packaged_one(tmp_path: Path) -> None:
    assert issuer_with(tmp_path).own_look == PACKAGED
    assert PACKAGED.tokens() == tokens()
    assert PACKAGED.css("asset:own") == ""


@pytest.mark.parametrize("deep", ["#757575", "#0B5D4B", "#7a1f1f"])
def test_an_ink_that_can_be_read_and_is_no_warning_is_taken(deep: str, tmp_path: Path) -> None:
    assert issuer_with(tmp_path, {"deep": deep, "tint": "#ffffff"}).own_look.inks["deep"] == deep.lower()


@pytest.mark.parametrize(
    ("look", "path", "why"),
    [
        ({"deep": "#88aacc"}, "look.deep", "对比度为 2.42，不足 4.5"),
        ({"tint": "#9aa5b1"}, "look.tint", "不足 4.5"),
        ({"deep": "#b02020"}, "look.deep", "不满足的颜色 #b3261e 色差为"),
        ({"deep": "#7a4b00"}, "look.deep", "一般的颜色 #8a5a00 色差为"),
        ({"deep": "blue"}, "look.deep", "格式不符"),
        ({"alarm": "#000000"}, "look.alarm", "不认识的键"),
        ({"header": "具备信用能力，首选本机构"}, "look.header", "结论的用语"),
        ({"declaration": ["依据《征信业管理条例》出具。"]}, "look.declaration[0]", "法规条文"),
        ({"declaration": ["依第三十一条，责任自负。"]}, "look.declaration[0]", "法规条文"),
        ({"declaration": ["甲", "乙", "丙", "丁"]}, "look.declaration", "最多 3 项"),
        ({"fonts": {"song": "a.otf"}}, "look.fonts.song_bold", "须一并给出"),
        ({"fonts": {"fang": "a.otf"}}, "look.fonts.fang", "不认识的键"),
        ({"logo": "gone.svg"}, "look.logo", "不存在"),
        ({"fonts": {"kai": "gone.ttf"}}, "look.fonts.kai", "不存在"),
    ],
)
def test_a_fault_is_told_at_the_path_of_its_field(
    look: dict[str, object], path: str, why: str, tmp_path: Path
) -> None:
    assert told(refused(tmp_path, look), path, why)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (LOGO.replace("<path", "<script>x</script><path"), "不接受的元素 script"),
        (LOGO.replace("<path", '<use href="https://example.cn/a.svg#a"/><path'), "外部引用"),
        (LOGO.replace("0 0 150 60", "0 0 1500 60"), "过于狭长"),
        (LOGO.replace("0 0 150 60", "0 0 0 60"), "没有宽或高"),
        (LOGO + " " * 600_000, "超过 512 KiB"),
        (png((150, 60)), "至少需要 200 像素"),
        (png((800, 20)), "过于狭长"),
        ("GIF89a", "既不是 PNG"),
    ],
)
def test_a_logo_that_could_do_harm_or_not_be_printed_is_refused(
    content: str | bytes, why: str, tmp_path: Path
) -> None:
    assert told(refused(tmp_path, {"logo": "file"}, file=content), "look.logo", why)


@pytest.mark.parametrize("content", [LOGO, png((500, 200))], ids=["svg", "png"])
def test_a_logo_fills_its_place(content: str | bytes, tmp_path: Path) -> None:
    logo = issuer_with(tmp_path, {"logo": "file"}, files={"file": content}).own_look.logo
    assert logo is not None
    assert (logo.width_mm, logo.height_mm) == (30, 12)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (font("不具备", rights=0x0002), "不许嵌入文件（OS/2 fsType 为 0x0002）"),
        (font("不具备", rights=0x0104), "只嵌入所用的字（OS/2 fsType 为 0x0104）"),
        (font("不具备", rights=0x0200), "点阵"),
        (font("不具备", blank="不"), "字形是空白：不"),
        (b"ttcf" + bytes(60), "字体集合"),
        (b"wOFF" + bytes(60), "不是 OpenType"),
        (font("不具备")[:300], "已损坏"),
    ],
    ids=["restricted", "whole", "bitmap", "blank", "collection", "web", "cut"],
)
def test_a_font_that_may_not_or_cannot_be_embedded_is_refused(
    content: bytes, why: str, tmp_path: Path
) -> None:
    assert told(refused(tmp_path, {"fonts": {"kai": "file"}}, file=content), "look.fonts.kai", why)


@pytest.mark.parametrize("rights", [0x0000, 0x0004, 0x0008])
def test_a_font_stands_before_the_packaged_one_and_its_cover_is_counted(rights: int, tmp_path: Path) -> None:
    look = issuer_with(
        tmp_path, {"fonts": {"kai": "a.ttf"}}, files={"a.ttf": font("具备甲", rights=rights)}
    ).own_look
    (face,) = look.faces
    assert (face.covered, face.of > 9000) == (3, True)
    assert look.tokens()["kai"] == f"'Office Kai',{tokens()['kai']}"
    assert look.tokens()["song"] == tokens()["song"]


def test_the_hash_of_a_look_is_that_of_all_its_parts(tmp_path: Path) -> None:
    looks = [
        issuer_with(tmp_path / "a", {"deep": "#0b5d4b"}),
        issuer_with(tmp_path / "b", {"deep": "#0b5d4c"}),
        issuer_with(tmp_path / "c", {"header": "甲"}),
        issuer_with(tmp_path / "d", {"declaration": ["甲"]}),
        issuer_with(tmp_path / "e", {"logo": "a.svg"}, files={"a.svg": LOGO}),
        issuer_with(tmp_path / "f", {"logo": "a.svg"}, files={"a.svg": LOGO.replace("H60", "H50")}),
        issuer_with(tmp_path / "g", {"fonts": {"kai": "a.ttf"}}, files={"a.ttf": font("甲")}),
        issuer_with(tmp_path / "h", files={"templates/letter.html.j2": "甲"}),
        issuer_with(tmp_path / "i", files={"templates/letter.html.j2": "乙"}),
    ]
    assert len({issuer.own_look.sha256 for issuer in looks}) == len(looks)
    again = issuer_with(tmp_path / "j", {"deep": "#0B5D4B"})
    assert again.own_look == looks[0].own_look


def test_charts_follow_the_ink_and_what_warns_stays(tmp_path: Path) -> None:
    look = issuer_with(tmp_path, dict(GREEN)).own_look
    drawn = f'<path fill="{tokens()["deep"]}" stroke="{tokens()["alarm"]}"/>'
    assert look.dyed(drawn) == f'<path fill="#0b5d4b" stroke="{tokens()["alarm"]}"/>'


def test_contrast_and_difference_are_those_of_the_standards() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert difference("#000000", "#ffffff") == pytest.approx(100, abs=0.01)


@pytest.fixture
def styled(once: Once, tmp_path: Path, secret: None) -> tuple[Issued, Path]:
    """Return a report in another look, and its file."""
    look = {
        **GREEN,
        "logo": "logo.svg",
        "header": "样例信用　客观独立",
        "declaration": [DECLARED],
        "fonts": {"kai": "kai.ttf"},
    }
    office = office_with(tmp_path, look, files={"logo.svg": LOGO, "kai.ttf": font("注单位")})
    done: Issued = once("styled", lambda: issue(request("service-young"), office, NOW, tmp_path / "r.pdf"))
    path = tmp_path / "report.pdf"
    path.write_bytes(done.pdf)
    return done, path


def test_a_report_in_another_look_is_archival_accessible_and_well_set(styled: tuple[Issued, Path]) -> None:
    done, path = styled
    assert archive.faults(path) == []
    assert unsound(done.pdf) == []
    assert layout.findings(path) == []
    assert "Office-Kai" in pdf.fonts(path)


def test_it_bears_what_the_agency_says_of_itself_after_the_law(styled: tuple[Issued, Path]) -> None:
    done, path = styled
    for page in (2, 4, done.pages):
        assert "样例信用客观独立" in pdf.text(path, page, page)
    said = pdf.text(path, 2, 2)
    assert f"{DECLARED}（本机构设定）".replace(" ", "") in said
    assert said.index("征信业管理条例") < said.index(DECLARED[:10])
    assert any(alt.endswith("的标志") for alt in pdf.figures(path))


def test_its_data_name_the_look(styled: tuple[Issued, Path]) -> None:
    twin = read_twin(styled[0].pdf)
    assert twin is not None
    assert len(twin.look_sha256) == 64


def test_what_is_unsound_is_named() -> None:
    document = pikepdf.new()
    document.Root.StructTreeRoot = pikepdf.Dictionary(
        K=[
            pikepdf.Dictionary(S=pikepdf.Name.H2),
            document.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.Figure)),
        ]
    )
    document.Root.Font = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name.Songti)
    )
    output = BytesIO()
    document.save(output)
    assert unsound(output.getvalue()) == [
        "文件没有结构标签",
        "文件没有写明语言",
        "文件没有声明 PDF/A-3",
        "文件没有声明 PDF/UA-1",
        "文件没有标题",
        "1 个图没有替代文字",
        "标题从 0 级跳到 2 级",
        "字体 /Songti 没有嵌入",
    ]
