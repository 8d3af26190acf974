"""A drawing of matplotlib's with less in it: the same shapes and texts, without groups, names and style rules.

The typesetter reads style rules anew for each shape, and lays each anchored text aside in a form of its own.
"""

from xml.etree import ElementTree

_SVG = "{http://www.w3.org/2000/svg}"
_KEPT = {"d", "x", "y", "style"}


def lean(svg: str) -> str:
    """Return a chart's SVG with its title, its paths and its texts in order, each with what it says of itself."""
    ElementTree.register_namespace("", _SVG[1:-1])
    old = ElementTree.fromstring(svg)  # noqa: S314 - drawn by ourselves
    size = {name: old.attrib[name] for name in ("width", "height", "viewBox")}
    # What matplotlib says in a rule for every element.
    root = ElementTree.Element(f"{_SVG}svg", size | {"stroke-linejoin": "round", "stroke-linecap": "butt"})
    for element in old.iter():
        if element.tag == f"{_SVG}title":
            ElementTree.SubElement(root, element.tag).text = element.text
        elif element.tag in {f"{_SVG}path", f"{_SVG}text"}:
            ElementTree.SubElement(root, element.tag, _own(element)).text = element.text
    return ElementTree.tostring(root, encoding="unicode")


def _own(element: ElementTree.Element) -> dict[str, str]:
    kept = {name: " ".join(value.split()) for name, value in element.attrib.items() if name in _KEPT}
    for rule in kept.pop("style", "").split(";"):
        name, _, value = rule.partition(":")
        if value:
            kept[name.strip()] = value.strip()
    return kept
