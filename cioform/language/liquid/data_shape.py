"""The shape of the data that texts use: names, lists, and what their values seem to be.

It follows variables through `for` and `assign`, so that it knows what the items of a list have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from cioform.language.liquid.dialect import ROOTS
from cioform.language.liquid.tokens import Token, find_tokens, has_liquid

_QUOTED: Final = r"\"[^\"]*\"|'[^']*'"
_PATH: Final = rf"[A-Za-z_][\w-]*(?:\.[\w-]+|\[\s*(?:\d+|{_QUOTED})\s*\])*"
_STEP: Final = re.compile(rf"[A-Za-z_0-9-][\w-]*|{_QUOTED}")
_PATHS: Final = re.compile(rf"(?P<skip>{_QUOTED})|(?<![\w.])(?P<path>{_PATH})")
_LOOP: Final = re.compile(rf"(?P<name>\w+)\s+in\s+(?P<path>{_PATH})")
_ASSIGN: Final = re.compile(rf"(?P<name>\w+)\s*=\s*(?P<path>{_PATH})?(?P<rest>.*)", re.DOTALL)
_FILTERED: Final = re.compile(rf"(?P<path>{_PATH})\s*(?P<chain>(?:\|.*)?)", re.DOTALL)
_FILTER: Final = re.compile(rf"(?:{_QUOTED})|\|\s*(?P<name>\w+)")
_COMPARED: Final = re.compile(
    rf"(?P<path>{_PATH})\s*(?P<sign>==|!=|<=|>=|<|>|contains)\s*"
    rf"(?P<literal>{_QUOTED}|-?\d+(?:\.\d+)?|true|false)"
)
_LIST_FILTERS: Final = frozenset(
    {
        *("join", "first", "last", "map", "where", "where_exp", "where_not", "reject"),
        *("sort", "sort_natural", "reverse", "concat", "uniq", "sum", "compact", "push"),
        *("pop", "shift", "unshift", "find", "find_exp", "group_by", "group_by_exp", "limit"),
        *("array_to_sentence_string", "json_array_uniq"),
    }
)
_SAME_LIST: Final = frozenset(
    {
        *("where", "where_exp", "where_not", "reject", "sort", "sort_natural", "reverse"),
        *("concat", "uniq", "compact", "limit"),
    }
)


@dataclass(slots=True)
class Shape:
    """What is known of a value from how texts use it."""

    fields: dict[str, Shape] = field(default_factory=dict)
    item: Shape | None = None
    """The shape of its items, if it is a list."""
    filters: set[str] = field(default_factory=set)
    """The filters that its value goes through."""
    literals: list[str | float | bool] = field(default_factory=list)
    """What it is compared with for equality."""
    is_number: bool = False

    def as_list(self) -> Shape:
        """Return the shape of its items; it is a list from now on."""
        if self.item is None:
            self.item = Shape()
        return self.item


def shape_of(texts: Iterable[str]) -> Shape:
    """Return the shape of the variables that texts use: a field for each root, as `customer`."""
    reader = _Reader()
    for text in texts:
        if has_liquid(text):
            reader.read(text)
    return reader.root


class _Reader:
    """Reads texts one after the other into one shape."""

    def __init__(self) -> None:
        self.root = Shape()
        self._names: dict[str, Shape | None] = {}

    def read(self, text: str) -> None:
        self._names = {}
        for token in find_tokens(text):
            if token.is_rendered and (token.is_output or token.is_tag):
                self._read_token(token)

    def _read_token(self, token: Token) -> None:
        text = token.arguments
        if token.name in ("for", "tablerow") and (loop := _LOOP.match(text)):
            shape = self._shape(loop["path"])
            self._names[loop["name"]] = shape.as_list() if shape else None
        elif token.name == "assign" and (assigned := _ASSIGN.match(text)):
            self._assign(assigned)
        elif token.name in ("capture", "increment", "decrement"):
            self._names[text.strip()] = None
        else:
            self._read_uses(text)

    def _assign(self, assigned: re.Match[str]) -> None:
        self._read_uses(f"{assigned['path'] or ''}{assigned['rest']}")
        chain = _filter_names(assigned["rest"])
        shape = self._shape(assigned["path"]) if assigned["path"] else None
        if shape is not None and chain and chain[0] in ("first", "last", "find", "find_exp"):
            shape = shape.as_list()
        elif shape is not None and not set(chain) <= _SAME_LIST | {"default"}:
            shape = None
        self._names[assigned["name"]] = shape

    def _read_uses(self, text: str) -> None:
        for found in _PATHS.finditer(text):
            if found["path"]:
                self._shape(found["path"])
        for found in _COMPARED.finditer(text):
            self._compare(found)
        filtered = _FILTERED.match(text.strip())
        if filtered and filtered["chain"] and (shape := self._shape(filtered["path"])):
            names = _filter_names(filtered["chain"])
            shape.filters.update(names)
            if set(names) & _LIST_FILTERS:
                self._read_items(shape.as_list(), filtered["chain"])

    def _read_items(self, item: Shape, chain: str) -> None:
        """Note the fields of items that filters name: `map: "name"`."""
        pattern = r"\|\s*(?:map|where|where_not|reject|sum|sort|sort_natural|find|group_by)\s*:\s*"
        for found in re.finditer(pattern + rf"({_QUOTED})", chain):
            item.fields.setdefault(found[1][1:-1], Shape())

    def _compare(self, found: re.Match[str]) -> None:
        shape, literal = self._shape(found["path"]), found["literal"]
        if shape is None:
            return
        if literal[0] in "\"'":
            if found["sign"] == "contains":
                return
            shape.literals.append(literal[1:-1])
        elif literal in ("true", "false"):
            shape.literals.append(literal == "true")
        else:
            shape.is_number = True

    def _shape(self, path: str) -> Shape | None:
        """Return the shape of a path; None for a variable that the text itself makes."""
        steps = _STEP.findall(path)
        shape = self._root_shape(steps[0])
        for at, step in enumerate(steps[1:], 1):
            if shape is None:
                return None
            is_last = at == len(steps) - 1
            if step == "size" and is_last:
                return None
            if step.isdigit() or (step in ("first", "last") and shape.item is not None):
                shape = shape.as_list()
            else:
                shape = shape.fields.setdefault(step.strip("\"'"), Shape())
        return shape

    def _root_shape(self, name: str) -> Shape | None:
        if name in self._names:
            return self._names[name]
        return self.root.fields.setdefault(name, Shape()) if name in ROOTS else None


def _filter_names(chain: str) -> list[str]:
    return [found["name"] for found in _FILTER.finditer(chain) if found["name"]]
