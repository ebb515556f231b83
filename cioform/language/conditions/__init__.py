"""One grammar of conditions for people, and the remote's encodings of it."""

from cioform.language.conditions.encoded import (
    compile_encoded,
    decode_text,
    decompile_encoded,
    encode_text,
)
from cioform.language.conditions.grammar import Condition, parse, references
from cioform.language.conditions.logic import normal
from cioform.language.conditions.places import Place, problems
from cioform.language.conditions.segment_tree import compile_segment, decompile_segment
from cioform.language.conditions.trigger import (
    compile_attribute_filters,
    compile_exit,
    compile_trigger,
    decompile_attribute_filters,
    decompile_exit,
    decompile_trigger,
)

__all__ = [
    "Condition",
    "Place",
    "compile_attribute_filters",
    "compile_encoded",
    "compile_exit",
    "compile_segment",
    "compile_trigger",
    "decode_text",
    "decompile_attribute_filters",
    "decompile_encoded",
    "decompile_exit",
    "decompile_segment",
    "decompile_trigger",
    "encode_text",
    "normal",
    "parse",
    "problems",
    "references",
]
