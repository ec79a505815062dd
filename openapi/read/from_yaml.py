"""Conversion of YAML to JSON text, with the core schema of YAML 1.2 that OpenAPI files follow; PyYAML has YAML 1.1."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import yaml

__all__ = ["json_from_yaml"]

_TAG = "tag:yaml.org,2002:"
_CORE = {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
    "merge": r"<<",
}
# Places of values that are strings by definition, although they can look like numbers.
_TEXTS = {("openapi",), ("swagger",), ("info", "version")}
_OF_STRINGS = {"enum", "const", "default", "example"}

Entries = list[tuple[str, yaml.Node]]


class _CoreLoader(yaml.SafeLoader):
    """A loader that resolves plain scalars by the core schema only."""


# The key is the first character of a scalar; None stands for any.
_CoreLoader.yaml_implicit_resolvers = {
    None: [(f"{_TAG}{name}", re.compile(rf"(?:{pattern})\Z")) for name, pattern in _CORE.items()]
}


def json_from_yaml(text: str, limit: int) -> str:
    """Convert YAML to JSON text.

    A key that occurs twice in one mapping is written twice, so that the reader of the JSON can find and report it.
    Keys are strings as written, and so are values that the description declares as strings.

    Args:
        text: one YAML document.
        limit: maximum length of the result, because a short text with nested aliases can stand for an endless one.

    Raises:
        yaml.YAMLError: the text is not YAML, or has values that JSON does not have.
        ValueError: the result would be longer than the limit.
    """
    root = yaml.compose(text, Loader=_CoreLoader)
    pieces: list[str] = []
    length = 0
    for piece in _Writer().value(root, (), as_text=False) if root is not None else ["null"]:
        pieces.append(piece)
        length += len(piece)
        if length > limit:
            raise ValueError(f"with its aliases it stands for more than {limit // 1_000_000} MB")
    return "".join(pieces)


class _Writer:
    def __init__(self) -> None:
        self._merged: dict[int, Entries] = {}
        self._open: set[int] = set()

    def value(self, node: yaml.Node, place: tuple[str, ...], *, as_text: bool) -> Iterator[str]:
        if isinstance(node, yaml.ScalarNode):
            yield _scalar(node, as_text=as_text or place in _TEXTS)
            return
        self._enter(node)
        line = "\n" + " " * len(place)
        before = f"{line} "
        if isinstance(node, yaml.SequenceNode):
            yield "["
            for one in node.value:
                yield before
                yield from self.value(one, (*place, ""), as_text=as_text)
                before = f",{line} "
            yield f"{line}]"
        else:
            yield "{"
            entries = self._entries(node)
            of_strings = any(key == "type" and one.value == "string" for key, one in entries)
            for key, one in entries:
                yield f"{before}{json.dumps(key, ensure_ascii=False)}: "
                yield from self.value(one, (*place, key), as_text=of_strings and key in _OF_STRINGS)
                before = f",{line} "
            yield f"{line}}}"
        self._open.remove(id(node))

    def _enter(self, node: yaml.Node) -> None:
        if id(node) in self._open:
            raise yaml.MarkedYAMLError(problem="an alias stands inside its own value", problem_mark=node.start_mark)
        self._open.add(id(node))

    def _entries(self, node: yaml.Node) -> Entries:
        """Return the entries of a mapping; those of a merge key (`<<`) are before its own, which replace them."""
        if id(node) in self._merged:
            return self._merged[id(node)]
        own: Entries = [(_key(key), one) for key, one in node.value if key.tag != f"{_TAG}merge"]
        known = {key for key, _ in own}
        inherited: Entries = []
        for source in [one for key, one in node.value if key.tag == f"{_TAG}merge"]:
            for mapping in source.value if isinstance(source, yaml.SequenceNode) else [source]:
                if not isinstance(mapping, yaml.MappingNode):
                    raise yaml.MarkedYAMLError(problem="<< needs a mapping", problem_mark=mapping.start_mark)
                inherited += [(key, one) for key, one in self._source(mapping) if key not in known]
                known |= {key for key, _ in inherited}
        self._merged[id(node)] = inherited + own
        return self._merged[id(node)]

    def _source(self, mapping: yaml.Node) -> Entries:
        self._enter(mapping)
        entries = self._entries(mapping)
        self._open.remove(id(mapping))
        return entries


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise yaml.MarkedYAMLError(problem="a key is not a scalar", problem_mark=node.start_mark)
    return str(node.value)


def _scalar(node: yaml.ScalarNode, *, as_text: bool) -> str:
    kind, text = node.tag.removeprefix(_TAG), str(node.value)
    if kind == "null":
        return "null"
    if as_text or kind in ("str", "timestamp", "binary", "merge"):
        return json.dumps(text, ensure_ascii=False)
    if kind == "bool":
        return json.dumps(text.lower() == "true")
    if kind == "int":
        return json.dumps(int(text, 0 if text[:2] in ("0o", "0x") else 10))
    if kind == "float":
        return json.dumps(float(re.sub(r"\.(?=[iInN])", "", text)))
    raise yaml.MarkedYAMLError(problem=f"JSON has no {node.tag}", problem_mark=node.start_mark)
