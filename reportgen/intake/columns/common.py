"""The columns that every fact has."""

from reportgen.sheets.form import Column

SOURCES = "来源"
"""The title of the sheet of sources."""


def fact(path: str = "", about: str = "", *, blank: str = "") -> tuple[Column, ...]:
    """Return the columns of a fact: its source, where it stands there, who checked it, its id.

    `path` and `about` are those of a fact that stands alone, `blank` the id it has if none is given.
    """
    below = f"{path}." if path else ""
    of = about or ""
    return (
        Column(
            f"{below}source",
            f"{of}来源",
            f"“{SOURCES}”表中的来源编号；只有一个来源的可不填",
            "S-01",
            refers=SOURCES,
        ),
        Column(f"{below}location", f"{of}原始位置", "在来源中的位置：页码、表与行、附件号", "第3页"),
        Column(
            f"{below}verification.by", f"{of}核实人", "核实过的，与核实方式、核实日期一并填写", "编制员甲"
        ),
        Column(f"{below}verification.how", f"{of}核实方式", "怎样核实的", "核对原件，并向出具单位查询一致"),
        Column(f"{below}verification.on", f"{of}核实日期", "", "2026-11-13"),
        Column(f"{below}id", f"{of}编号", "在本工作簿内不重复；可不填", blank=blank),
    )
