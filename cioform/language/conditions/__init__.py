"""The grammar of conditions in files, and their translation to Customer.io's encodings."""

from cioform.language.conditions.condition_references import raw_references, references
from cioform.language.conditions.contexts import ConditionContext, problems
from cioform.language.conditions.encoding.event_filters import is_condition_form
from cioform.language.conditions.encoding.filter_encoding import decode_filter, encode_filter
from cioform.language.conditions.encoding.flat_filters import (
    compile_encoded_filter,
    compile_wait_conditions,
    decompile_branch_condition,
    decompile_encoded_filter,
    decompile_wait_conditions,
)
from cioform.language.conditions.encoding.segment_tree import compile_segment, decompile_segment
from cioform.language.conditions.encoding.trigger import (
    compile_attribute_filters,
    compile_exit,
    compile_trigger,
    decompile_attribute_filters,
    decompile_exit,
    decompile_trigger,
)
from cioform.language.conditions.grammar import REFERENCES
from cioform.language.conditions.normalization import normalize_condition
from cioform.language.conditions.parsing.parser import Condition, parse
from cioform.language.conditions.parsing.problems import validation_error
from cioform.language.conditions.parsing.upgrading import upgrade_condition
from cioform.language.conditions.step_references import rename_steps, step_references

__all__ = [
    "REFERENCES",
    "Condition",
    "ConditionContext",
    "compile_attribute_filters",
    "compile_encoded_filter",
    "compile_exit",
    "compile_segment",
    "compile_trigger",
    "compile_wait_conditions",
    "decode_filter",
    "decompile_attribute_filters",
    "decompile_branch_condition",
    "decompile_encoded_filter",
    "decompile_exit",
    "decompile_segment",
    "decompile_trigger",
    "decompile_wait_conditions",
    "encode_filter",
    "is_condition_form",
    "normalize_condition",
    "parse",
    "problems",
    "raw_references",
    "references",
    "rename_steps",
    "step_references",
    "upgrade_condition",
    "validation_error",
]
