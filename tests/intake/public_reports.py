"""Made-up 公共信用信息报告, as data and as a PDF with a text layer in the shape of DOMAIN §2.1."""

from collections.abc import Iterable, Mapping
from html import escape
from itertools import groupby
from types import MappingProxyType
from typing import Any

import weasyprint

from reportgen.settings import asset_dir
from tests.factories import SUBJECT_USCC, Data

NUMERALS = "一二三四五六七八九十"
HEADS = (
    "行政管理",
    "诚实守信",
    "严重失信",
    "经营异常",
    "信用承诺",
    "信用评价",
    "司法判决",
    "其他",
    "资质",
    "地方附加",
)
_STYLE = """
@font-face { font-family: Song; src: url(%s) }
@page { size: A4; margin: 22mm 18mm; @top-left { content: "报告编号：%s"; font: 8pt Song }
        @bottom-center { content: "第 " counter(page) " 页 共 " counter(pages) " 页"; font: 8pt Song } }
body { font: 10.5pt Song } table { border-collapse: collapse; width: 100%%; margin: 6pt 0; table-layout: fixed }
td { border: 0.5pt solid #333; padding: 3pt; overflow-wrap: anywhere; vertical-align: top }
td.label { background: #eee; width: 22%% } h2 { font-size: 13pt } tr { break-inside: auto }
"""


def licence_row(**changes: Any) -> Data:
    """Return a row of an administrative licence."""
    return {
        "类型": "行政许可",
        "行政许可决定文书号": "昀建许字〔2025〕0017号",
        "行政许可决定文书名称": "建筑施工企业安全生产许可决定书",
        "许可类别": "普通",
        "决定日期": "2025-03-04",
        "有效期自": "2025-03-04",
        "有效期至": "2028-03-03",
        "许可内容": "准予建筑施工。",
        "许可机关": "昀海省住房和城乡建设厅",
        "数据来源单位": "昀海省住房和城乡建设厅",
        **changes,
    }


def penalty_row(**changes: Any) -> Data:
    """Return a row of a penalty of 2025-06-09."""
    return {
        "类型": "行政处罚",
        "行政处罚决定文书号": "昀执罚〔2025〕12号",
        "处罚类别": "罚款、警告",
        "违法行为类型": "未按规定报送统计资料",
        "处罚内容": "罚款 2 万元，给予警告。",
        "罚款金额（万元）": "2",
        "处罚决定日期": "2025年06月09日",
        "公示截止期": "2026/06/09",
        "处罚机关": "砚林市统计局",
        "数据来源单位": "砚林市统计局",
        **changes,
    }


def defaulter_row(number: int = 1, **changes: Any) -> Data:
    """Return a row of a judgment defaulter; each number has its own 案号."""
    return {
        "名单类型": "失信被执行人",
        "执行法院": "砚林市墨池区人民法院",
        "执行依据文号": f"（2024）昀0202民初{number}号",
        "立案时间": "2025-01-08",
        "案号": f"（2025）昀0202执{number}号",
        "做出执行依据单位": "砚林市墨池区人民法院",
        "生效法律文书确定的义务": f"支付工程款{number}0000元，并自判决生效之日起按同期贷款利率支付逾期利息，负担案件受理费。",
        "被执行人的履行情况": "全部未履行",
        "失信被执行人行为具体情形": "有履行能力而拒不履行生效法律文书确定义务",
        "发布时间": "2025-04-20",
        "数据来源单位": "最高人民法院",
        **changes,
    }


def promise_row(**changes: Any) -> Data:
    """Return a row of a credit commitment."""
    return {
        "承诺类型": "主动型",
        "承诺编码": "CN-2026-0007",
        "承诺日期": "2026.01.15",
        "承诺受理单位": "砚林市发展和改革局",
        "承诺内容": "依法诚信经营。",
        "履行状态": "全部履行",
        **changes,
    }


def report_data(**changes: Any) -> Data:
    """Return a report of SUBJECT_USCC with a licence, a penalty, a defaulter and a commitment; `changes` by key."""
    data: Data = {
        "报告编号": "2026050419025750859D39",
        "生成时间": "2026年05月04日 19:02:57",
        "版本": "V2.0",
        "出具单位": "国家公共信用和地理空间信息中心",
        "标签": [],
        "登记状态": "存续",
        "基本信息": {
            "企业名称": "样本甲建设有限公司",
            "统一社会信用代码": SUBJECT_USCC,
            "法定代表人": "钟离样",
            "企业类型": "有限责任公司",
            "成立日期": "2015-06-01",
            "住所": "虚构省样本市示例路1号",
            "登记机关": "样本市市场监督管理局",
        },
        "行政管理": [licence_row(), penalty_row()],
        "严重失信": [defaulter_row()],
        "信用承诺": [promise_row()],
        "建议": "如对本报告所载信息有异议，可向信息提供单位提出。",
        **changes,
    }
    counts = {head: len(data.get(head, ())) for head in HEADS[:8]}
    return (
        data if "概要" in changes else {**data, "概要": {head: str(count) for head, count in counts.items()}}
    )


def pdf_of(data: Data, *, layout: str = "pairs", rename: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Return the report as a PDF; `layout` is `pairs` (label and value in turn) or `list`, `rename` heads by name."""
    font = (asset_dir("fonts") / "Song-Regular.otf").as_uri()
    style = _STYLE % (font, data["报告编号"])
    html = f"<html lang=zh><style>{style}</style><body>{''.join(_body(data, layout, rename))}</body></html>"
    pdf: bytes = weasyprint.HTML(string=html).write_pdf()
    return pdf


def _body(data: Data, layout: str, rename: Mapping[str, str]) -> Iterable[str]:
    yield f"<h1>公共信用信息报告</h1><p>{escape(data.get('说明', ''))}</p>"
    yield from (
        f"<p>{name}：{escape(str(data[name]))}</p>"
        for name in ("生成时间", "版本", "出具单位")
        if name in data
    )
    yield from (f"<p>{label}</p>" for label in data["标签"])
    heads = [head for head in HEADS if data.get(head)]
    sections = [("信用信息概要", _pairs(data["概要"])), ("基本信息", _pairs(_basics(data)))]
    sections += [
        (f"{rename.get(head, head)}信息（共{len(data[head])}条）", _rows(data[head], layout))
        for head in heads
    ]
    sections.append(("建议", f"<p>{escape(data['建议'])}</p>"))
    yield from (f"<h2>{NUMERALS[i]}、{head}</h2>{body}" for i, (head, body) in enumerate(sections))


def _basics(data: Data) -> Data:
    return {**data["基本信息"], "登记状态": data["登记状态"]}


def _rows(rows: Iterable[Data], layout: str) -> str:
    if layout == "pairs":
        return "".join(_pairs(row) for row in rows)
    return "".join(_list(names, list(same)) for names, same in groupby(rows, key=tuple))


def _list(names: Iterable[str], rows: Iterable[Data]) -> str:
    head = "".join(f"<td>{escape(name)}</td>" for name in names)
    lines = "".join(f"<tr>{''.join(f'<td>{_shown(v)}</td>' for v in row.values())}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead>{lines}</table>"


def _pairs(fields: Mapping[str, Any]) -> str:
    cells = [f"<td class=label>{escape(name)}</td><td>{_shown(value)}</td>" for name, value in fields.items()]
    if len(cells) % 2:
        cells.append("<td class=label></td><td></td>")
    return (
        f"<table>{''.join(f'<tr>{a}{b}</tr>' for a, b in zip(cells[::2], cells[1::2], strict=True))}</table>"
    )


def _shown(value: object) -> str:
    return escape(str(value)) if value else "— —"
