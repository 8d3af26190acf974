"""Templates: the packaged ones, and before them those of an office, in a sandbox.

A template of an office bears the name of a packaged one and extends it, `{% extends "packaged/report.html.j2" %}`,
so that it says only what differs, block by block. Whatever goes wrong in it is told with its file and line (E0705).
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from traceback import extract_tb

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    FunctionLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
    nodes,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from reportgen.document.own_look import TEMPLATES
from reportgen.document.space import length
from reportgen.errors import ReportgenError

PREFIX = "packaged"
"""Before the name of a packaged template, for those that extend it."""
_PARTS = "blocks.html.j2"
_WEB = re.compile(r"https://[A-Za-z0-9./:?=&%#~+_-]+")
_MAIL = re.compile(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_BLOCK = re.compile(r"\{%-?\s*block (\w+)(?: scoped)?\s*-?%\}(?:\{#-?\s*(.*?)\s*-?#\})?")
_START = """{{#-
  本机构的版面，从自带的 {name} 出发，一块一块地改：
  - {{{{ super() }}}} 是这一块自带的内容；在它前后加字，或删去它、自己另写；不改的块可以整行删去。
  - 可用的数据是 c（报告的内容）与 look（本机构的版面设置），可用的样式类见自带的 templates/style。
  - 内容可以移动与另行安排，不能删减；不得有 style 元素、脚本与外部地址。
  - 改后运行 reportgen template check；出具报告时还会逐份检查。
-#}}
{{% extends "{prefix}/{name}" %}}
"""
_UNESCAPED = "不得关闭转义：所印的名称来自他人，其中的标记会被当作版面"


def environment(folder: Path, own: Mapping[str, str]) -> Environment:
    """Return the environment of all documents; raises E0705 for a template of the office that cannot be used."""
    packaged = FileSystemLoader(folder)

    def load(name: str) -> tuple[str, str, None] | None:
        return (own[name], f"{TEMPLATES}/{name}", None) if name in own else None

    loader = ChoiceLoader([FunctionLoader(load), PrefixLoader({PREFIX: packaged}), packaged])
    # The sandbox looks at each attribute that a template names: a twentieth of the time of a report.
    kind = ImmutableSandboxedEnvironment if own else Environment
    made = kind(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.tests["web"] = _WEB.fullmatch
    made.tests["mail"] = _MAIL.fullmatch
    # A sandbox lets no template ask for a class, and a block of content is set by its kind.
    made.filters["ems"] = length
    made.filters["kind"] = lambda value: type(value).__name__
    for name, source in own.items():
        _check(made, folder, name, source)
    return made


def documents(folder: Path) -> dict[str, dict[str, str]]:
    """Return the packaged templates that an office may extend, each with its blocks and what each block is."""
    found = {path.name: blocks(path.read_text("utf-8")) for path in sorted(folder.glob("*.html.j2"))}
    return {name: held for name, held in found.items() if held}


def sources(folder: Path) -> dict[str, str]:
    """Return the packaged templates that an office may extend, and the parts they are made of, as they stand."""
    names = (*documents(folder), _PARTS)
    return {name: (folder / name).read_text("utf-8") for name in names}


def blocks(source: str) -> dict[str, str]:
    """Return the blocks of a template in order, each with the comment behind its head."""
    return {match[1]: match[2] or "" for match in _BLOCK.finditer(source)}


def starting_file(name: str, held: Mapping[str, str]) -> str:
    """Return a template of the office's own that changes nothing yet: every block of a packaged one, as it is."""
    parts = (
        f"{{#- {what} -#}}\n{{% block {block} %}}{{{{ super() }}}}{{% endblock %}}\n"
        for block, what in held.items()
    )
    return _START.format(name=name, prefix=PREFIX) + "\n" + "\n".join(parts)


def rendered(made: Environment, name: str, own: Mapping[str, str], **values: object) -> str:
    """Return a template filled in; raises E0705 for what fails in a template of the office."""
    try:
        return made.get_template(name).render(**values)
    except Exception as error:
        place = next(_places(error), None)
        if name not in own or isinstance(error, ReportgenError):
            raise
        file, line = place or (f"{TEMPLATES}/{name}", 0)
        raise _fault(file, line, _said(error)) from error


def _check(made: Environment, folder: Path, name: str, source: str) -> None:
    file = f"{TEMPLATES}/{name}"
    known = documents(folder)
    if (folder / name).is_file() and name not in known:
        raise _fault(file, 0, f"这个模板不能替换，可以改写的是 {'、'.join(known)}")
    try:
        tree = made.parse(source, name, file)
    except TemplateSyntaxError as error:
        raise _fault(file, error.lineno, _said(error)) from error
    for node in tree.find_all((nodes.Filter, nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)):
        if not isinstance(node, nodes.Filter) or node.name == "safe":
            raise _fault(file, node.lineno, _UNESCAPED)
    if name in known:
        _known_blocks(tree, file, {*known[name]})


def _known_blocks(tree: nodes.Template, file: str, known: set[str]) -> None:
    extends = next(tree.find_all(nodes.Extends), None)
    for block in tree.find_all(nodes.Block):
        # Jinja leaves out a block that its parent lacks, without a word.
        if extends is not None and block.name not in known and not _within(tree, block, known):
            raise _fault(file, block.lineno, f"没有名为 {block.name} 的块，可用：{'、'.join(sorted(known))}")


def _within(tree: nodes.Template, block: nodes.Block, known: set[str]) -> bool:
    outer = (other for other in tree.find_all(nodes.Block) if other.name in known)
    return any(inner is block for other in outer for inner in other.find_all(nodes.Block))


def _places(error: BaseException) -> Iterator[tuple[str, int]]:
    """Yield where in an office's templates an error arose, innermost first."""
    frames = [*extract_tb(error.__traceback__)][::-1]
    yield from ((f.filename, f.lineno or 0) for f in frames if f.filename.startswith(f"{TEMPLATES}/"))


def _said(error: Exception) -> str:
    if isinstance(error, SecurityError):
        return f"模板不得这样做（{error}）"
    if isinstance(error, TemplateSyntaxError):
        return f"语法有误（{error.message}）"
    if isinstance(error, TemplateError):
        return f"取不到所要的内容（{error.message}）"
    # Its message may hold the text of a record; its type alone is safe to show.
    return f"模板运算出错（{type(error).__name__}）"


def _fault(file: str, line: int, detail: str) -> ReportgenError:
    return ReportgenError("E0705", file=file, line=f" 第 {line} 行" if line else "", detail=detail)
