"""Shapes as types of TypeScript and of Python, for the programs that send the data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from keyword import iskeyword
from typing import Final

from cioform.contract.evidence import DataType
from cioform.contract.shape import Shape
from cioform.core.text.lazy_pattern import lazy_pattern

Named = Iterable[tuple[str, Shape]]
"""Each shape with what its type is called after: `transactional.receipt`."""

_TS: Final[Mapping[DataType | None, str]] = {
    DataType.STRING: "string",
    DataType.NUMBER: "number",
    DataType.BOOLEAN: "boolean",
    DataType.DATE: "number | string",
    DataType.ARRAY: "unknown[]",
    DataType.OBJECT: "Record<string, unknown>",
    None: "unknown",
}
_PYTHON: Final[Mapping[DataType | None, str]] = {
    DataType.STRING: "str",
    DataType.NUMBER: "float",
    DataType.BOOLEAN: "bool",
    DataType.DATE: "int | str",
    DataType.ARRAY: "list[Any]",
    DataType.OBJECT: "dict[str, Any]",
    None: "Any",
}
_IDENTIFIER: Final = lazy_pattern(r"[A-Za-z_$][\w$]*")
_HEAD: Final = "Written by `cioform contract`: the data that messages need."


def typescript(shapes: Named) -> str:
    """Return an interface for each shape."""
    blocks = [f"// {_HEAD}"]
    for name, shape in shapes:
        blocks.append(f"export interface {type_name(name)} {_ts_object(shape, '')}")
    return "\n\n".join(blocks) + "\n"


def _ts_object(shape: Shape, margin: str) -> str:
    inner = margin + "  "
    lines = [
        f"{inner}{_ts_key(name)}{'' if each.required else '?'}: {_ts_type(each, inner)};"
        for name, each in shape.fields.items()
    ]
    return "\n".join(("{", *lines, f"{margin}}}"))


def _ts_type(shape: Shape, margin: str) -> str:
    if shape.fields:
        return _ts_object(shape, margin)
    if shape.items is not None:
        item = _ts_type(shape.items, margin)
        return f"Array<{item}>"
    return _TS[shape.type]


def _ts_key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else json.dumps(name)


def python(shapes: Named) -> str:
    """Return a TypedDict for each shape and for each object in it."""
    blocks: list[str] = []
    for name, shape in shapes:
        _python_class(type_name(name), shape, blocks.append)
    used = [name for name in ("NotRequired", "TypedDict") if _uses(blocks, name)]
    imports = ", ".join((*(["Any"] if _uses(blocks, "Any") else []), *used))
    head = f'"""{_HEAD}"""\n\nfrom typing import {imports}' if imports else f'"""{_HEAD}"""'
    return "\n\n\n".join((head, *blocks)) + "\n"


def _python_class(name: str, shape: Shape, add: Callable[[str], None]) -> None:
    """Add the class of a shape, after those that it uses."""
    fields = [
        (key, _python_field(f"{name}{_camel(key)}", each, add))
        for key, each in shape.fields.items()
    ]
    if all(key.isidentifier() and not iskeyword(key) for key, _ in fields):
        lines = [f"    {key}: {text}" for key, text in fields] or ["    pass"]
        add("\n".join((f"class {name}(TypedDict):", *lines)))
    else:
        lines = [f"    {json.dumps(key)}: {text}," for key, text in fields]
        add("\n".join((f'{name} = TypedDict("{name}", {{', *lines, "})")))


def _python_field(name: str, shape: Shape, add: Callable[[str], None]) -> str:
    text = _python_type(name, shape, add)
    return text if shape.required else f"NotRequired[{text}]"


def _python_type(name: str, shape: Shape, add: Callable[[str], None]) -> str:
    if shape.fields:
        _python_class(name, shape, add)
        return name
    if shape.items is not None:
        return f"list[{_python_type(f'{name}Item', shape.items, add)}]"
    return _PYTHON[shape.type]


def _uses(blocks: Iterable[str], word: str) -> bool:
    return any(re.search(rf"\b{word}\b", block) for block in blocks)


def type_name(text: str) -> str:
    """Return the name of a type: `TransactionalReceipt` for `transactional.receipt`."""
    name = _camel(text)
    return name if name[:1].isalpha() else f"Data{name}"


def _camel(text: str) -> str:
    return "".join(_words(text)) or "Field"


def _words(text: str) -> Iterator[str]:
    for word in re.findall(r"[A-Za-z0-9]+", text):
        yield word[0].upper() + word[1:] if not word.isupper() else word.capitalize()
