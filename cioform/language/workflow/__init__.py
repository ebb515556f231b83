"""A workflow: a tree of steps that compiles to a graph and comes back from it.

Pure, and about structure only: what a step says inside its word is not looked at.
"""

from __future__ import annotations

from cioform.language.workflow.compile import compile_steps, without
from cioform.language.workflow.decompile import decompile, main_exit
from cioform.language.workflow.graph import Edge, Graph, Node, graph_problems
from cioform.language.workflow.problems import MAX_DEPTH, problems
from cioform.language.workflow.steps import (
    FINAL,
    MESSAGES,
    NEVER,
    WAYS,
    WORDS,
    Shape,
    Step,
    bare,
    depth,
    empty_lists,
    lists_of,
    rebuilt,
    renamed,
    variants_of,
    walk,
    with_ids,
    word_of,
)

__all__ = [
    "FINAL",
    "MAX_DEPTH",
    "MESSAGES",
    "NEVER",
    "WAYS",
    "WORDS",
    "Edge",
    "Graph",
    "Node",
    "Shape",
    "Step",
    "bare",
    "compile_steps",
    "decompile",
    "depth",
    "empty_lists",
    "graph_problems",
    "lists_of",
    "main_exit",
    "problems",
    "rebuilt",
    "renamed",
    "variants_of",
    "walk",
    "with_ids",
    "without",
    "word_of",
]
