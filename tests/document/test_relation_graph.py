"""Section 10: who stands on a list is drawn and told, and nothing is where nobody does."""

import pytest

from reportgen.document.chart_style import LONGEST_LABEL
from reportgen.document.content import Figure
from reportgen.document.listings import listings
from reportgen.document.relation_graph import MOST, Party, relation_graph
from reportgen.document.tables import Table
from tests.factories import fact_data, subject

LISTING = {
    "list": "样本失信被执行人名单",
    "kind": "失信被执行人",
    "listed_on": "2026-05-18",
    "basis": "（2026）样执77号",
    "authority": "样本市人民法院",
    "source": "样本网站",
    "collected_on": "2026-11-20",
}
RED = {**LISTING, "list": "守信激励名单", "kind": "守信激励名单", "until": "2027-05-17"}
CHECKED = {**LISTING, "verification": {"by": "样本甲", "how": "与公告核对", "on": "2026-11-20"}}


def related(name: str, **changes: object) -> dict[str, object]:
    return fact_data(name) | {"name": name, "relation": "参股公司", **changes}


def blocks(*items: dict[str, object]) -> list[object]:
    return list(listings(subject(related=list(items))))


def test_without_a_listing_there_is_neither_graph_nor_table() -> None:
    assert blocks(related("样本一公司", adverse="曾受警告")) == []


def test_listed_parties_are_drawn_first_and_told_with_list_date_basis_and_issuer() -> None:
    figure, told = blocks(
        related("样本一公司"),
        related("样本二公司", listings=[RED]),
        related("样本三公司", listings=[CHECKED]),
    )
    assert isinstance(figure, Figure) and isinstance(told, Table)
    assert figure.chart.strings[:1] == ("样本二公司",) or "样本三公司" in figure.chart.strings
    assert "【失信被执行人】" in figure.chart.strings and "【守信激励名单】" in figure.chart.strings
    assert "双线框、粗线：在不良名单上；虚线框：在良好名单上" in figure.chart.strings
    assert "样本三公司（参股公司）在失信被执行人上" in figure.chart.alt
    first, second = ([cell.text for cell in row] for row in told.rows)
    assert first == [
        "样本三公司",
        "样本失信被执行人名单",
        "2026年5月18日起",
        "（2026）样执77号",
        "样本市人民法院",
    ]
    assert second[2] == "2026年5月18日至2027年5月17日"
    assert "与公告核对" in told.rows[0][1].note and told.rows[0][1].tag == "失信被执行人"
    assert told.rows[1][1].tag == "" and "代码相同" in told.rows[1][1].note


def test_many_parties_with_long_names_are_cut_and_the_rest_is_counted() -> None:
    parties = [Party("样本" * 40 + str(n), "关系" * 40) for n in range(MOST + 3)]
    chart = relation_graph("样本" * 40, parties)
    assert "另有 3 家未画，见表" in chart.strings
    assert all(len(text) <= LONGEST_LABEL for text in chart.strings if text.endswith("…"))
    assert chart.alt.count("关系关系") >= len(parties)


def test_a_graph_needs_a_party() -> None:
    with pytest.raises(ValueError, match="party"):
        relation_graph("样本", [])
