"""A workflow: a tree of steps that compiles to a graph and comes back from it.

Pure, and about structure only: what a step says inside its word is not looked at.
"""

from __future__ import annotations

from cioform.language.workflow.compile import compile_steps, remove_steps
from cioform.language.workflow.decompile import decompile, find_main_exit
from cioform.language.workflow.graph import Edge, Graph, Node, graph_problems
from cioform.language.workflow.problems import MAX_DEPTH, workflow_problems
from cioform.language.workflow.steps import (
    BRANCH_KEYS,
    MAIN_EXIT_ID,
    MESSAGE_KEYWORDS,
    NEVER,
    STEP_KEYWORDS,
    Branching,
    Step,
    add_empty_branches,
    assign_ids,
    branches_of,
    depth,
    keyword_of,
    map_steps,
    rename_steps,
    variants_of,
    walk,
    without_branches,
)

__all__ = [
    "BRANCH_KEYS",
    "MAIN_EXIT_ID",
    "MAX_DEPTH",
    "MESSAGE_KEYWORDS",
    "NEVER",
    "STEP_KEYWORDS",
    "Branching",
    "Edge",
    "Graph",
    "Node",
    "Step",
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
    "remove_steps",
    "rename_steps",
    "variants_of",
    "walk",
    "without_branches",
    "workflow_problems",
]
