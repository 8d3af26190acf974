"""Plain mappings as YAML text: block style, Chinese as it is, every scalar plain."""

from collections.abc import Mapping

import yaml

from sample_subjects.draw import Plain, text


class _Dumper(yaml.SafeDumper):
    """Quotes nothing that the project's own reader takes as text anyway, and indents lists."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent the items of a list below their key."""
        super().increase_indent(flow, False)


_Dumper.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag == "tag:yaml.org,2002:null"]
    for first, pairs in yaml.SafeDumper.yaml_implicit_resolvers.items()
}


def to_yaml(data: Plain, head: str, notes: Mapping[str, str]) -> str:
    """Return `data` as YAML: `head` as comment lines, and a comment line above each key of `notes`."""
    parts = ["".join(f"# {line}\n" for line in head.splitlines()), "\n"]
    for key, value in data.items():
        parts.append(f"\n# {notes[key]}\n" if key in notes else "")
        parts.append(_dump({key: value}))
    return "".join(parts)


def _dump(data: Plain) -> str:
    dumped = yaml.dump(text(data), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)
    return str(dumped)
