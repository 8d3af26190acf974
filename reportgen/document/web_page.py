"""A report's content as one plain page for the web: no script, no address, readable on a phone and aloud.

It bears neither seal nor code to scan and says that the PDF alone counts. The same content, in the same look.
"""

from base64 import b64encode
from functools import lru_cache
from pathlib import Path
from string import Template

from jinja2 import Environment
from markupsafe import Markup

from reportgen.document.chart_style import Chart
from reportgen.document.content import Content
from reportgen.document.own_look import PACKAGED, OwnLook
from reportgen.document.own_templates import environment
from reportgen.settings import asset_dir

_STACKS = {
    "song": "'Noto Serif CJK SC','Source Han Serif SC','Songti SC',SimSun,serif",
    "hei": "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif",
    "kai": "'LXGW WenKai','Kaiti SC',KaiTi,'Noto Serif CJK SC',serif",
}
"""What readers have on their machines; a page that brought 20 MB of fonts would be read by nobody."""


def web_page(content: Content, look: OwnLook = PACKAGED) -> str:
    """Return a report as an HTML page that needs nothing but itself; equal content gives an equal page."""

    def figure(chart: Chart) -> str:
        return _embedded(look.dyed(chart.svg).replace(look.tokens()["hei"], _STACKS["hei"]))

    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            c=content,
            look=look,
            logo=_embedded(look.logo.svg) if look.logo else "",
            figures=figure,
            style=Markup(_style({**look.tokens(), **_STACKS})),  # noqa: S704 - our own style sheet
        )
    )


@lru_cache(1)
def _environment() -> Environment:
    return environment(_folder(), {})


def _style(values: dict[str, str]) -> str:
    return Template((_folder() / "report.css").read_text("utf-8")).substitute(values)


def _folder() -> Path:
    return asset_dir("templates") / "web"


def _embedded(svg: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
