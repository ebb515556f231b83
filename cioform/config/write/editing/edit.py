"""Edit documents in place: every line that an edit does not touch stays as it is."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from copy import deepcopy
from difflib import unified_diff
from typing import TYPE_CHECKING, TypeAlias

from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.read.parsing.scalars import parse_plain_scalar
from cioform.config.write.editing.graft import Grafting
from cioform.config.write.editing.merge_edit import keeps_comments_above, merge_edit
from cioform.config.write.editing.splice import splice_scalars
from cioform.config.write.yaml.line_ends import with_line_ends_of, without_bom
from cioform.config.write.yaml.rewrite import lost_comments, rewrite_yaml
from cioform.config.write.yaml.typed_documents import RoundTripDocument
from cioform.config.write.yaml.yaml_style import round_trip_yaml, to_ruamel, verbatim, with_escapes
from cioform.core.data.json_value import JsonValue
from cioform.core.data.nested import find_value
from cioform.core.data.paths import FieldPath
from cioform.core.errors import ConfigError
from cioform.core.lazy_modules import lazy_module

if TYPE_CHECKING:
    from ruamel.yaml import comments as ruamel_comments
else:
    ruamel_comments = lazy_module("ruamel.yaml.comments")

Edits: TypeAlias = Mapping[FieldPath, JsonValue]
"""The new values of a document, in the order in which they are set. None removes a value."""


class EditLossError(Exception):
    """An edit that would change more of the file than its value; `patch` shows what was meant."""

    def __init__(self, patch: str) -> None:
        super().__init__(patch)
        self.patch = patch

    @property
    def hint(self) -> str:
        """What to do instead, for the end of a message."""
        return "Edit it by hand:\n" + "".join(f"\n    {line}" for line in self.patch.splitlines())


def edit_text(written: str, edits: Edits, index: int, name: str) -> str:
    """Return the text of a file after edits of a document.

    `index` is the number of the document, and `name` that of the file, for the patch. The byte
    order mark and the line ends stay as they are. Raises EditLossError if the rest of the file
    would not stay as it is: for example, if a comment would be lost.
    """
    text, edits = _with_spliced(without_bom(written), edits, index)
    if not edits:
        return with_line_ends_of(written, text)
    may_move = _may_move_items(text, edits, index)
    for edited in (_rewritten, _edited) if may_move else (_edited, _rewritten):
        laid_out, changed = edited(text, edits, index)
        merged = merge_edit(text, laid_out, changed)
        if merged is None or not _are_only_changes(text, merged, edits, index):
            continue
        if edited is _edited and may_move and not keeps_comments_above(text, merged):
            continue
        return with_line_ends_of(written, merged)
    raise EditLossError(_patch(name, text, _edited(text, edits, index)[1]))


def _with_spliced(text: str, edits: Edits, index: int) -> tuple[str, Edits]:
    """Return the text with the edits that only change characters in a line, and the other edits."""
    values = {path: with_escapes(value) for path, value in edits.items()}
    spliced, paths = splice_scalars(text, values, index)
    done = {path: value for path, value in edits.items() if path in paths}
    if not done or not _are_only_changes(text, spliced, done, index):
        return text, edits
    return spliced, {path: value for path, value in edits.items() if path not in paths}


def with_edit(holder: JsonValue, path: FieldPath, value: JsonValue) -> JsonValue:
    """Return a copy of plain data with the value at a path; None removes it."""
    step, rest = path[0], path[1:]
    if isinstance(holder, list):
        at = int(step)
        inner = holder[at] if at < len(holder) else None
        new = with_edit(inner, rest, value) if rest else value
        return [*holder[:at], *([] if new is None and not rest else [new]), *holder[at + 1 :]]
    fields = dict(holder or {})
    if rest:
        fields[str(step)] = with_edit(fields.get(str(step)), rest, value)
    elif value is None:
        fields.pop(str(step), None)
    else:
        fields[str(step)] = value
    return fields


def _may_move_items(text: str, edits: Edits, index: int) -> bool:
    """Return whether items of a list may move: only `cioform fmt` moves their comments, too."""
    lists = [path for path, value in edits.items() if isinstance(value, list)]
    document = parse_yaml(text, "")[index].value if lists else None
    return any(isinstance(find_value(document, path), list) for path in lists)


def _edited(text: str, edits: Edits, index: int) -> tuple[str, str]:
    """Return a file as ruamel lays it out, and the same after edits."""
    yaml = round_trip_yaml()
    yaml.explicit_start = text.lstrip().startswith("---")
    documents = list(yaml.load_all(text))
    before = _dump(yaml, documents)
    for path, value in edits.items():
        _set_value(documents[index], path, value)
    return before, _dump(yaml, documents)


def _rewritten(text: str, edits: Edits, index: int) -> tuple[str, str]:
    """Return a file as `cioform fmt` lays it out, and the same after edits.

    In a list that gets other items, this keeps the comments and styles of those that stay.
    """

    def change(document: RoundTripDocument) -> None:
        for path, value in edits.items():
            _graft_value(document, path, value)

    before = rewrite_yaml(text, "", _unchanged, _unchanged)
    return before.text, rewrite_yaml(text, "", change, _unchanged, only=index).text


def _unchanged(_document: RoundTripDocument) -> None:
    """Change nothing."""


def _dump(yaml: JsonValue, documents: list[JsonValue]) -> str:
    out = io.StringIO()
    yaml.dump_all(documents, out)
    return out.getvalue()


def _are_only_changes(before: str, after: str, edits: Edits, index: int) -> bool:
    """Return whether a document has the values, and the rest is as it was, with all comments."""
    try:
        expected = [document.value for document in parse_yaml(before, "")]
        found = [document.value for document in parse_yaml(after, "")]
    except ConfigError:
        return False
    only_removes = all(value is None for value in edits.values())
    if not only_removes and lost_comments(before, after):
        return False  # One beside a field may go with it.
    for path, value in edits.items():
        expected[index] = with_edit(expected[index], path, with_escapes(value))
    return bool(expected == found)


def _patch(name: str, before: str, after: str) -> str:
    lines = unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), name, name, n=1
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _set_value(document: RoundTripDocument, path: FieldPath, value: JsonValue) -> None:
    holder, last = _holder(document, path), path[-1]
    if value is None:
        del holder[last]
    elif isinstance(holder, list) and last == len(holder):
        holder.append(to_ruamel(value))
    else:
        has_old = isinstance(holder, list) or last in holder
        grafting = Grafting(_value_of, lambda each: to_ruamel(verbatim(each)))
        holder[last] = grafting.graft(holder[last] if has_old else None, with_escapes(value))


def _value_of(document: RoundTripDocument) -> JsonValue:
    """Return what a value says of which ruamel has read every scalar as text."""
    if isinstance(document, dict):
        return {key: _value_of(value) for key, value in document.items()}
    if isinstance(document, list):
        return [_value_of(item) for item in document]
    # A text with quotes or in a block has a type of its own.
    return parse_plain_scalar(document) if type(document) is str else document


def _graft_value(document: RoundTripDocument, path: FieldPath, value: JsonValue) -> None:
    """Set a value as `_set_value` does, and keep what the old value has in common with it."""
    holder, last = _holder(document, path), path[-1]
    is_list = isinstance(holder, list)
    if value is None:
        del holder[last]
    elif is_list and last == len(holder):
        holder.append(with_escapes(value))
    elif is_list or last in holder:
        holder[last] = Grafting().graft(holder[last], with_escapes(value))
    else:
        holder[last] = with_escapes(value)


def _holder(document: RoundTripDocument, path: FieldPath) -> RoundTripDocument:
    """Return the mapping or list with the value at a path; a mapping that is missing is added.

    What stands at several places, by an anchor and its aliases, is copied, so that only the place
    of the path changes. It stays as it is written, with its comments, where the anchor is.
    """
    root = document
    for step in path[:-1]:
        if isinstance(document, dict) and step not in document:
            document[step] = {}
        inner = document[step]
        places = list(_places(root, inner))
        if len(places) > 1:
            inner = _separate(document, step, places)
        document = inner
    return document


def _separate(
    holder: RoundTripDocument, step: JsonValue, places: list[tuple[RoundTripDocument, JsonValue]]
) -> RoundTripDocument:
    """Return the value at one of its places, which shares it with the others no longer."""
    inner, copied = holder[step], deepcopy(holder[step])
    first_holder, first_step = places[0]
    if first_holder is holder and first_step == step:
        for other, at in places[1:]:
            other[at] = copied  # The first of them gets the anchor.
        alone = inner
    else:
        alone = holder[step] = copied
    if isinstance(alone, ruamel_comments.CommentedBase):
        alone.anchor.value = None
    return alone


def _places(
    document: RoundTripDocument, wanted: RoundTripDocument
) -> Iterator[tuple[RoundTripDocument, JsonValue]]:
    """Yield each mapping or list that has an object as a member, with its key, in order."""
    if not isinstance(document, dict | list):
        return
    for key, each in list(document.items() if isinstance(document, dict) else enumerate(document)):
        if each is wanted:
            yield document, key
        else:
            yield from _places(each, wanted)
