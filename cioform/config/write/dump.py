"""Write new documents, in the form that `cioform fmt` gives to others."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.config.read.parsing.parse import parse_yaml
from cioform.config.write.yaml.formatting import order_by
from cioform.config.write.yaml.one_line import choose_lines
from cioform.config.write.yaml.typed_documents import dump_documents, to_round_trip
from cioform.config.write.yaml.yaml_style import to_ruamel, with_escapes
from cioform.core.data.json_value import JsonValue
from cioform.model.kind import Kind


def dump_yaml(value: Mapping[str, JsonValue], kind: Kind | None = None) -> str:
    """Return the YAML of a document. Raises ValueError if no YAML reads back as `value`.

    Its fields have the order of `kind`. The text `${var.x}` is written as `$${var.x}`.
    """
    for blocks in (True, False):
        document = to_round_trip(to_ruamel(value, blocks=blocks))
        order_by(kind)(document)
        choose_lines(document, (), is_settings=kind is None)
        text = dump_documents([document])
        if _round_trips(text, value):
            return text
    raise ValueError("the document cannot be written as YAML")


def _round_trips(text: str, value: Mapping[str, JsonValue]) -> bool:
    documents = parse_yaml(text, "")
    return len(documents) == 1 and documents[0].value == with_escapes(value)
