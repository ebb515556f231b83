"""The flat arrays of a campaign's branches, waits, anchors and filters, which travel as base64
of percent-encoded JSON (journeys facts, sections 2 and 4)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote

from cioform.base.value import Plain
from cioform.language.conditions.logic import clauses, literal, spoken
from cioform.language.conditions.operators import is_field, subject_of, wire_test, word_test
from cioform.model.names import Names

_UNRESERVED: Final = "!'()*~"
"""What JavaScript's encodeURIComponent leaves alone and Python's quote does not."""

_PERCENT_ENCODED = re.compile(r"[A-Za-z0-9\-_.!~*'()%/]*")
_TEST: Final = frozenset({"type", "field", "operator", "value", "value2"})


def encode_text(value: Plain) -> str:
    """Give base64 of percent-encoded JSON, letter for letter as the remote's own screens do."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(quote(text, safe=_UNRESERVED).encode()).decode()


def decode_text(text: str) -> Plain:
    """Give the value that was encoded; ValueError when it was not. JSON that was not
    percent-encoded is refused, because the remote takes it for empty."""
    try:
        encoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{text[:40]!r} is not base64") from error
    if not _PERCENT_ENCODED.fullmatch(encoded):
        raise ValueError(f"{encoded[:40]!r} is not percent-encoded")
    return json.loads(unquote(encoded, errors="strict"))


def compile_encoded(condition: Mapping[str, Plain], names: Names) -> str:
    """Give the encoded array, all of whose elements must hold. Raises ValueError for what
    `problems` would have told."""
    if isinstance(condition.get("raw"), str):
        return str(condition["raw"])
    parts = clauses(condition)
    if parts is None or any(len(part) != 1 for part in parts):
        raise ValueError("an encoded filter holds only conditions that must all be true")
    return encode_text([_compile_element(leaf, names) for [leaf] in parts])


def decompile_encoded(text: str, names: Names) -> dict[str, Plain]:
    """Give the condition of an encoded array; a text that does not decode to an array comes
    back as `raw`, and an empty one, which is how the remote writes nothing, as `all: []`."""
    if not text:
        return {"all": []}
    try:
        elements = decode_text(text)
    except ValueError:
        return {"raw": text}
    if not isinstance(elements, list):
        return {"raw": text}
    found = [_decompile_element(element, names) for element in elements]
    if len(found) == 1 and not isinstance(found[0].get("raw"), str):
        return found[0]
    return {"all": found}


def _compile_element(leaf: Mapping[str, Plain], names: Names) -> Plain:
    if "raw" in leaf:
        return leaf["raw"]
    positive, denied = literal(leaf)
    if "segment" in positive:
        segment = names.id_of("segment", positive["segment"])
        return {"type": "segments_negatable", "segments": [segment], "negate": denied}
    subject = subject_of(positive)
    if subject is None:
        raise ValueError(f"an encoded filter cannot hold {dict(leaf)!r}")
    test = wire_test(positive)
    operator = ("!" if denied else "") + test.pop("operator")
    return {"type": subject, "field": positive[subject], "operator": operator, **test}


def _decompile_element(wire: Plain, names: Names) -> dict[str, Plain]:
    if not isinstance(wire, dict):
        return {"raw": wire}
    if wire.get("type") == "segments_negatable":
        condition = _decompile_segments(wire, names)
    elif wire.get("type") in ("attribute", "event_attribute"):
        condition = _decompile_test(wire)
    else:
        condition = None
    return {"raw": wire} if condition is None else condition


def _decompile_segments(wire: Mapping[str, Plain], names: Names) -> dict[str, Plain] | None:
    segments, negate = wire.get("segments"), wire.get("negate", False)
    if not set(wire) <= {"type", "segments", "negate"} or not isinstance(negate, bool):
        return None
    # Whether several ids in one element mean any or all is not known.
    if not isinstance(segments, list) or len(segments) != 1:
        return None
    if not isinstance(segments[0], int | str) or isinstance(segments[0], bool):
        return None
    return spoken({"segment": names.name_of("segment", segments[0])}, negate)


def _decompile_test(wire: Mapping[str, Plain]) -> dict[str, Plain] | None:
    operator = wire.get("operator")
    if not set(wire) <= _TEST or not isinstance(operator, str) or not is_field(wire.get("field")):
        return None
    test = word_test({**wire, "operator": operator.removeprefix("!")})
    if test is None:
        return None
    return spoken({wire["type"]: wire["field"], **test}, operator.startswith("!"))
