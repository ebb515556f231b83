"""One grammar of conditions for people, and the remote's encodings of it."""

from cioform.language.conditions.contexts import Place, problems
from cioform.language.conditions.filter_encoding import decode_text, encode_text
from cioform.language.conditions.flat_filters import (
    compile_encoded,
    compile_wait,
    decompile_encoded,
    decompile_wait,
)
from cioform.language.conditions.grammar import Condition, parse, references, refusal
from cioform.language.conditions.normalize import normal
from cioform.language.conditions.segment_tree import compile_segment, decompile_segment
from cioform.language.conditions.step_references import step_references, with_steps
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
    "compile_wait",
    "decode_text",
    "decompile_attribute_filters",
    "decompile_encoded",
    "decompile_exit",
    "decompile_segment",
    "decompile_trigger",
    "decompile_wait",
    "encode_text",
    "normal",
    "parse",
    "problems",
    "references",
    "refusal",
    "step_references",
    "with_steps",
]
