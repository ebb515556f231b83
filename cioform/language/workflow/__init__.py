"""A workflow: a tree of steps that compiles to a graph and is restored from it.

Everything here is pure and about structure only: the value of a step's keyword is not examined.
"""

from __future__ import annotations

from cioform.language.workflow.compile import compile_steps, remove_steps
from cioform.language.workflow.decompile import decompile, find_main_exit
from cioform.language.workflow.graph import Edge, Graph, Node, topological_order
from cioform.language.workflow.graph_problems import graph_problems
from cioform.language.workflow.moved_steps import moved_steps
from cioform.language.workflow.problems import MAX_DEPTH, workflow_problems
from cioform.language.workflow.step_ids import MAIN_EXIT_ID, assign_ids, rename_steps
from cioform.language.workflow.step_types import (
    BRANCH_KEYS,
    KEYWORD_BY_ACTION_TYPE,
    MESSAGE_KEYWORDS,
    STEP_TYPES,
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
    depth,
    keyword_of,
    map_steps,
    variants_of,
    walk,
    without_branches,
)

__all__ = [
    "BRANCH_KEYS",
    "KEYWORD_BY_ACTION_TYPE",
    "MAIN_EXIT_ID",
    "MAX_DEPTH",
    "MESSAGE_KEYWORDS",
    "NEVER",
    "STEP_TYPES",
    "Edge",
    "Graph",
    "Node",
    "PictureText",
    "Step",
    "StepBranch",
    "StepFamily",
    "StepType",
    "add_empty_branches",
    "assign_ids",
    "branches_of",
    "compile_steps",
    "decompile",
    "depth",
    "find_main_exit",
    "graph_problems",
    "keyword_of",
    "map_steps",
    "moved_steps",
    "next_step_text",
    "remove_steps",
    "rename_steps",
    "topological_order",
    "variants_of",
    "walk",
    "without_branches",
    "workflow_problems",
]
