"""A workflow: a tree of steps that compiles to a graph and is restored from it.

Everything here is pure and about structure only: the value of a step's keyword is not examined.
"""

from __future__ import annotations

from cioform.language.workflow.compare.replaced_steps import (
    can_become,
    initial_node,
    replaced_steps,
)
from cioform.language.workflow.conversion.arrangement import Arrangement
from cioform.language.workflow.conversion.compile import PLAIN_EXIT, compile_steps
from cioform.language.workflow.conversion.decompile import decompile, find_main_exit
from cioform.language.workflow.conversion.exits import collapse_exits, expand_exits
from cioform.language.workflow.graph import Edge, Graph, Node, add_ways, topological_order
from cioform.language.workflow.graph_problems import graph_problems
from cioform.language.workflow.id_problems import is_same_name, name_problems
from cioform.language.workflow.problems import MAX_DEPTH, workflow_problems
from cioform.language.workflow.step_ids import (
    MAIN_EXIT_ID,
    assign_ids,
    fill_missing_ids,
    generate_ids,
    needs_id,
    number_repeated,
    numbered_id,
    rename_steps,
)
from cioform.language.workflow.step_problems import exit_text, missing_keyword_text
from cioform.language.workflow.step_types import (
    ACTION,
    BRANCH_KEYS,
    KEYWORDS_BY_ACTION_TYPE,
    MESSAGE_KEYWORDS,
    STEP_TYPES,
    UNKNOWN_STEP_EXAMPLE,
    WAYS,
    PictureText,
    StepBranch,
    StepFamily,
    StepType,
    next_step_text,
)
from cioform.language.workflow.tree import (
    NEVER,
    Step,
    add_empty_branches,
    branches_of,
    continues,
    depth,
    ends_journey,
    keyword_of,
    map_steps,
    variants_of,
    walk,
    without_branches,
)

__all__ = [
    "ACTION",
    "BRANCH_KEYS",
    "KEYWORDS_BY_ACTION_TYPE",
    "MAIN_EXIT_ID",
    "MAX_DEPTH",
    "MESSAGE_KEYWORDS",
    "NEVER",
    "PLAIN_EXIT",
    "STEP_TYPES",
    "UNKNOWN_STEP_EXAMPLE",
    "WAYS",
    "Arrangement",
    "Edge",
    "Graph",
    "Node",
    "PictureText",
    "Step",
    "StepBranch",
    "StepFamily",
    "StepType",
    "add_empty_branches",
    "add_ways",
    "assign_ids",
    "branches_of",
    "can_become",
    "collapse_exits",
    "compile_steps",
    "continues",
    "decompile",
    "depth",
    "ends_journey",
    "exit_text",
    "expand_exits",
    "fill_missing_ids",
    "find_main_exit",
    "generate_ids",
    "graph_problems",
    "initial_node",
    "is_same_name",
    "keyword_of",
    "map_steps",
    "missing_keyword_text",
    "name_problems",
    "needs_id",
    "next_step_text",
    "number_repeated",
    "numbered_id",
    "rename_steps",
    "replaced_steps",
    "topological_order",
    "variants_of",
    "walk",
    "without_branches",
    "workflow_problems",
]
