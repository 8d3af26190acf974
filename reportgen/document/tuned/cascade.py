"""The cascade: elements that the same rules name, below parents that hand on the same, share one style.

WeasyPrint shares a style only below one and the same parent style, and gathers the declarations of each element
anew before it looks.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import inf

from weasyprint import css
from weasyprint.css import declaration_precedence
from weasyprint.css.properties import INHERITED, INITIAL_VALUES
from weasyprint.css.validation import preprocess_declarations

from reportgen.document.tuned.untyped import Untyped

Cascade = dict[str, tuple[Untyped, Untyped]]
"""What rules say of an element: the value of each property, and how much it weighs."""


_Rule = tuple[str, Untyped, int]
"""Where a rule is from, how specific its selector is, and which declarations it has."""
_Inline = tuple[tuple[int, int, int], str]
"""How specific an element's own declarations are, and their text."""


class StyleFor(css.StyleFor):  # type: ignore[misc]
    """The styles of a document's elements and of what stands before them; WeasyPrint's own otherwise."""

    def __init__(
        self,
        html: Untyped,
        sheets: Untyped,
        presentational_hints: Untyped,
        font_config: Untyped,
        target_collector: Untyped,
    ) -> None:
        if presentational_hints or any(sheet.layers for sheet, _, _ in sheets):
            super().__init__(html, sheets, presentational_hints, font_config, target_collector)
            return
        self._cascaded_styles: dict[Untyped, Cascade] = {}
        self._computed_styles: dict[Untyped, Untyped] = {}
        self.initial_page_sizes = {"box": None, "area": None}
        self._sheets, self.font_config = sheets, font_config
        self._target_collector, self._html = target_collector, html
        self._cascades: dict[Untyped, Cascade] = {}
        self._styles: dict[Untyped, Untyped] = {}
        self._heirs: dict[Untyped, int] = {}
        self._declarations: dict[int, Untyped] = {}
        self._signs: dict[Untyped, int] = {}
        self._numbers: dict[Untyped, int] = {}
        self._matches: dict[int, dict[str | None, tuple[_Rule, ...]]] = {}
        self._inline = dict(_inline(html.etree_element))
        self._handed_on = _handed_on(sheet for sheet, _, _ in sheets)
        self._walk()

    def _walk(self) -> None:
        """Give every element its style, parents first."""
        heirs: dict[Untyped, int] = {}
        pseudo: list[tuple[Untyped, str, Cascade]] = []
        for wrapper in self._html.wrapper_element.iter_subtree():
            element = wrapper.etree_element
            parent = wrapper.parent.etree_element if wrapper.parent else None
            matched = self._matched(wrapper)
            rules = self._cascade(matched.get(None, ()), self._inline.get(element, ()))
            above = heirs[parent] if parent is not None else -1
            key = (above, id(rules))
            style = self._styles.get(key)
            if style is None:
                style = self._styles[key] = self._made(element, parent, None, rules)
            self._computed_styles[element, None] = style
            heirs[element] = self._heir(above, rules)
            pseudo += [(element, kind, self._cascade(found, ())) for kind, found in matched.items() if kind]
        for element, kind, rules in pseudo:
            self._computed_styles[element, kind] = self._made(element, element, kind, rules)

    def _matched(self, wrapper: Untyped) -> dict[str | None, tuple[_Rule, ...]]:
        """Return the rules that name an element or what stands before it, in the order in which they hold."""
        if not getattr(self._html, "plain", False):
            return self._match(wrapper)
        parent = wrapper.parent.etree_element if wrapper.parent else None
        sign = (self._signs.get(parent, -1), *_seen(wrapper))
        number = self._numbers.setdefault(sign, len(self._numbers))
        self._signs[wrapper.etree_element] = number
        found = self._matches.get(number)
        if found is None:
            found = self._matches[number] = self._match(wrapper)
        return found

    def _match(self, wrapper: Untyped) -> dict[str | None, tuple[_Rule, ...]]:
        matched: dict[str | None, list[_Rule]] = {}
        for sheet, origin, weight in self._sheets:
            for specificity, _order, kind, (declarations, _layer) in sheet.matcher.match(wrapper):
                self._declarations[id(declarations)] = declarations
                matched.setdefault(kind, []).append((origin, weight or specificity, id(declarations)))
        return {kind: tuple(rules) for kind, rules in matched.items()}

    def _cascade(self, rules: tuple[_Rule, ...], inline: tuple[_Inline, ...]) -> Cascade:
        key = (rules, inline)
        found = self._cascades.get(key)
        if found is None:
            found = self._cascades[key] = {}
            for specificity, text in inline:
                _enter(found, "author", specificity, _parsed(text))
            for origin, specificity, declarations in rules:
                _enter(found, origin, specificity, self._declarations[declarations])
        return found

    def _heir(self, above: int, rules: Cascade) -> int:
        """Return the number of what an element hands on to those below it: the same number, the same to inherit."""
        handed = tuple((name, id(value)) for name, (value, _) in rules.items() if name in self._handed_on)
        return self._heirs.setdefault((above, handed), len(self._heirs)) if handed or above < 0 else above

    def _made(self, element: Untyped, parent: Untyped, kind: str | None, rules: Cascade) -> Untyped:
        self._cascaded_styles[element, kind] = rules
        html = self._html
        self.set_computed_styles(
            element,
            root=html.etree_element,
            parent=parent,
            pseudo_type=kind,
            base_url=html.base_url,
            target_collector=self._target_collector,
        )
        del self._cascaded_styles[element, kind]
        return self._computed_styles[element, kind]


def _seen(wrapper: Untyped) -> tuple[Untyped, ...]:
    """Return all of an element, but for those above it, that a selector of our own sheets can see.

    Its name, classes and the names of its attributes, the element before it, and whether it is the first, the
    last or the last but one: a sheet with `:nth-child(3)` or `[lang=en]` would need more.
    """
    element, siblings, place = wrapper.etree_element, wrapper.etree_siblings, wrapper.index
    before = siblings[place - 1] if place else None
    return (
        element.tag,
        element.get("class"),
        tuple(element.keys()),
        (before.tag, before.get("class")) if before is not None else None,
        min(len(siblings) - place, 3),
    )


def _enter(style: Cascade, origin: str, specificity: Untyped, declarations: Iterable[Untyped]) -> None:
    for name, values, importance in declarations:
        weight = (declaration_precedence(origin, importance), inf, specificity)
        if name not in style or style[name][1] <= weight:
            style[name] = values, weight


def _inline(root: Untyped) -> Iterator[tuple[Untyped, tuple[_Inline, ...]]]:
    """Yield the elements that say something of their own style, their language or their name, with what they say."""
    for element in root.iter():
        own = [((1, 0, 0), element.get("style"))] if element.get("style") else []
        if element.get("lang"):
            own.append(((0, 0, 0), f'-weasy-lang:"{element.get("lang")}"'))
        if element.get("id"):
            own.append(((0, 0, 0), f'-weasy-anchor:"{element.get("id")}"'))
        if own:
            yield element, tuple(own)


@lru_cache(2000)
def _parsed(text: str) -> tuple[Untyped, ...]:
    return tuple(preprocess_declarations("asset:", css.tinycss2.parse_blocks_contents(text)))


def _handed_on(sheets: Iterable[Untyped]) -> frozenset[str]:
    """Return the properties that a style can get from the one above it."""
    asked = {
        name
        for sheet in sheets
        for entries in _entries(sheet.matcher)
        for *_, (declarations, _layer) in entries
        for name, value, _ in declarations
        if value == "inherit"
    }
    decorations = {name for name in INITIAL_VALUES if name.startswith("text_decoration_")}
    return frozenset(INHERITED | decorations | asked | {"page"})


def _entries(matcher: Untyped) -> Iterator[list[Untyped]]:
    for known in (matcher.id_selectors, matcher.class_selectors, matcher.lower_local_name_selectors):
        yield from known.values()
    yield from matcher.namespace_selectors.values()
    yield matcher.lang_attr_selectors
    yield matcher.other_selectors
