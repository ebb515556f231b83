"""Edit documents in place: comments, order and spellings of everything else stay."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from cioform.config.read.layering.variables import escape_variables
from cioform.config.read.parsing.positions import document_index
from cioform.config.write.line_ends import in_form_of, without_mark
from cioform.config.write.yaml_style import round_trip_yaml, to_ruamel
from cioform.core.json_value import JsonValue
from cioform.core.nested import get_value
from cioform.model.resource import FieldPath, Resource
from cioform.storage.atomic import replace_file


def edit_resource(
    root: Path, resource: Resource, edits: Mapping[FieldPath, JsonValue]
) -> list[Path]:
    """Set each value at its path in the document of `resource`; return the files written.

    `root` is the folder of the project. See `edit_document`.
    """
    assert resource.location is not None
    file, index = root / resource.location.file, document_index(resource)
    return [edit_document(file, path, value, index) for path, value in edits.items()]


def edit_document(file: Path, path: FieldPath, value: JsonValue, index: int = 0) -> Path:
    """Set the value at `path` of a document and return the path of the file that was written.

    None removes the value. `index` is the number of the document in `file`. A text that the
    document keeps in a file of its own is written to that file. The byte order mark and the line
    ends of a file stay as they are.
    """
    yaml = round_trip_yaml()
    written = _read(file)
    text = without_mark(written)
    yaml.explicit_start = text.lstrip().startswith("---")
    documents = list(yaml.load_all(text))
    body_name = _referenced_file(documents[index], path)
    if body_name is not None and isinstance(value, str):
        body = file.parent / body_name
        replace_text(body, in_form_of(_read(body), escape_variables(value)))
        return body
    _set_value(documents[index], path, value)
    out = io.StringIO()
    yaml.dump_all(documents, out)
    replace_text(file, in_form_of(written, out.getvalue()))
    return file


def _read(file: Path) -> str:
    return file.read_bytes().decode("utf-8")


def replace_text(path: Path, text: str) -> None:
    """Replace the content of a file atomically, with newlines as they are in `text`."""
    # No fsync: there may be thousands of documents, and Git has the previous versions.
    replace_file(path, text.encode(), durable=False)


def _referenced_file(document: JsonValue, path: FieldPath) -> str | None:
    try:
        value = get_value(document, path)
    except (KeyError, IndexError, TypeError):
        return None
    if isinstance(value, Mapping) and len(value) == 1 and "file" in value:
        return str(value["file"])
    return None


def _set_value(document: JsonValue, path: FieldPath, value: JsonValue) -> None:
    *parents, last = path
    for step in parents:
        if isinstance(document, dict) and step not in document:
            document[step] = {}
        document = document[step]
    if value is None:
        del document[last]
    elif isinstance(document, list) and last == len(document):
        document.append(to_ruamel(value))
    else:
        document[last] = to_ruamel(value)
