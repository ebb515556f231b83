"""The steps of all workflows, and the chains of choices that people go through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.language.workflow import ACTION, branches_of, walk
from cioform.lint.subject import Subject
from cioform.model.resource import Resource

StepFields: TypeAlias = dict[str, Json]
"""A step as its document has it."""

StepPlace: TypeAlias = tuple[FieldPath, StepFields, str]
"""The path of a step, the step, and the name of the branch that leads on."""


def workflows_of(subject: Subject) -> Iterator[tuple[Resource, list[StepFields]]]:
    """Yield the trees of steps of all resources that have one, as their documents have them."""
    for _, resource in sorted(subject.resources.items()):
        if subject.scope is None or resource.address in subject.scope:
            steps = subject.document_form(resource).get("workflow")
            if isinstance(steps, list) and steps:
                yield resource, steps


def steps_of(subject: Subject) -> Iterator[tuple[Resource, FieldPath, StepFields]]:
    """Yield every step, and before the steps of a resource its whole workflow as one."""
    for resource, steps in workflows_of(subject):
        yield resource, (), {"workflow": steps}
        for path, step in walk(steps, ("workflow",)):
            yield resource, path, step


def chains_of(subject: Subject) -> Iterator[tuple[Resource, list[StepPlace]]]:
    """Yield the steps that people go through one after the other, for every branch that ends."""
    for resource, steps in workflows_of(subject):
        for chain in _chains(steps, ("workflow",)):
            yield resource, chain


def _chains(steps: list[StepFields], prefix: FieldPath) -> Iterator[list[StepPlace]]:
    """Yield the chains through a list of steps; what follows a branch belongs to no branch."""
    above: list[StepPlace] = []
    for at, step in enumerate(steps):
        path = (*prefix, at)
        if ACTION in step:
            above = []
            continue
        for key, inner in branches_of(step):
            for chain in _chains(inner, (*path, *key)) if inner else ():
                yield [*above, (path, step, str(key[-1])), *chain]
        if not branches_of(step):
            above.append((path, step, ""))
        else:
            above = []
    if above:
        yield above
