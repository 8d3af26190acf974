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


Sheets = tuple[tuple[Untyped, str, Untyped], ...]
"""Style sheets, each with where it is from and how much its rules weigh, where that is not their own affair."""
_MOST = 20_000
_Rule = tuple[str, Untyped, int]
"""Where a rule is from, how specific its selector is, and which declarations it has."""
_Inline = tuple[tuple[int, int, int], str]
"""How specific an element's own declarations are, and their text."""


class Known:
    """What is known of some sheets: which rules name which elements, and the styles that came of them.

    Equal elements of the next document get the same styles: a style is not changed once it is made.
    """

    def __init__(self, sheets: Sheets) -> None:
        # They are known by their place in memory, and live as long as what is known of them.
        self.sheets = sheets
        self.handed_on = _handed_on(sheet for sheet, _, _ in sheets)
        self.declarations: dict[int, Untyped] = {}
        self.numbers: dict[Untyped, int] = {}
        self.matches: dict[int, dict[str | None, tuple[_Rule, ...]]] = {}
        self.cascades: dict[Untyped, Cascade] = {}
        self.heirs: dict[Untyped, int] = {}
        self.styles: dict[Untyped, Untyped] = {}

    def match(self, wrapper: Untyped) -> dict[str | None, tuple[_Rule, ...]]:
        """Return the rules that name an element or what stands before it, in the order in which they hold."""
        matched: dict[str | None, list[_Rule]] = {}
        for sheet, origin, weight in self.sheets:
            for specificity, _order, kind, (declarations, _layer) in sheet.matcher.match(wrapper):
                self.declarations[id(declarations)] = declarations
                matched.setdefault(kind, []).append((origin, weight or specificity, id(declarations)))
        return {kind: tuple(rules) for kind, rules in matched.items()}

    def cascade(self, rules: tuple[_Rule, ...], inline: tuple[_Inline, ...]) -> Cascade:
        """Return what rules and an element's own declarations come to."""
        key = (rules, inline)
        found = self.cascades.get(key)
        if found is None:
            found = self.cascades[key] = {}
            for specificity, text in inline:
                _enter(found, "author", specificity, _parsed(text))
            for origin, specificity, declarations in rules:
                _enter(found, origin, specificity, self.declarations[declarations])
        return found

    def heir(self, above: int, rules: Cascade) -> int:
        """Return the number of what an element hands on to those below it: the same number, the same to inherit."""
        handed = tuple((name, id(value)) for name, (value, _) in rules.items() if name in self.handed_on)
        return self.heirs.setdefault((above, handed), len(self.heirs)) if handed or above < 0 else above


@lru_cache(16)
def _known(sheets: Sheets, font_config: Untyped) -> list[Known]:
    return [Known(sheets)]


def _known_of(sheets: Sheets, font_config: Untyped) -> Known:
    """Return what is known of sheets, forgetting all of it when it is too much."""
    held = _known(sheets, font_config)
    if len(held[0].styles) > _MOST:
        held[0] = Known(sheets)
    return held[0]


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
        if presentational_hints or not getattr(html, "plain", False):
            super().__init__(html, sheets, presentational_hints, font_config, target_collector)
            return
        self._cascaded_styles: dict[Untyped, Cascade] = {}
        self._computed_styles: dict[Untyped, Untyped] = {}
        self.initial_page_sizes = {"box": None, "area": None}
        self._sheets, self.font_config = sheets, font_config
        self._target_collector, self._html = target_collector, html
        self._known = _known_of(tuple(sheets), font_config)
        self._inline = dict(_inline(html.etree_element))
        self._walk()

    def _walk(self) -> None:
        """Give every element its style, parents first."""
        known, computed = self._known, self._computed_styles
        # Of each element its number among those that selectors tell apart, and that of what it hands on.
        places: dict[Untyped, tuple[int, int]] = {None: (-1, -1)}
        for wrapper in self._html.wrapper_element.iter_subtree():
            element = wrapper.etree_element
            parent = wrapper.parent.etree_element if wrapper.parent else None
            sign, above = places[parent]
            number = known.numbers.setdefault((sign, *_seen(wrapper)), len(known.numbers))
            matched = known.matches.get(number)
            if matched is None:
                matched = known.matches[number] = known.match(wrapper)
            rules = known.cascade(matched.get(None, ()), self._inline.get(element, ()))
            computed[element, None] = self._style(element, parent, None, (above, id(rules)), rules)
            below = known.heir(above, rules)
            places[element] = (number, below)
            for kind, found in matched.items():
                if kind:
                    rules = known.cascade(found, ())
                    computed[element, kind] = self._style(
                        element, element, kind, (below, id(rules), kind), rules
                    )

    def _style(
        self, element: Untyped, parent: Untyped, kind: str | None, key: Untyped, rules: Cascade
    ) -> Untyped:
        style = self._known.styles.get(key)
        if style is None:
            self._cascaded_styles[element, kind] = rules
            root, address = self._html.etree_element, self._html.base_url
            self.set_computed_styles(element, parent, root, kind, address, self._target_collector)
            del self._cascaded_styles[element, kind]
            style = self._known.styles[key] = self._computed_styles[element, kind]
        elif style["anchor"]:
            self._target_collector.collect_anchor(style["anchor"])
        return style


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
