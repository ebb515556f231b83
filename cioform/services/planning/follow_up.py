"""Commands that make the files agree with a rollback."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from cioform.config.load import load_configuration
from cioform.core.address import Address
from cioform.core.errors import CioformError
from cioform.model.objects.snapshot import Binding
from cioform.model.resource import Resource
from cioform.plan.plan import Plan
from cioform.plan.review.rolled_back import has_what_was_applied
from cioform.services.context import OpenWorkspace
from cioform.services.revisions.changed_resources import differences
from cioform.services.revisions.files import files_at_revision
from cioform.services.revisions.reverting import Revert, find_revert

_Resources: TypeAlias = Mapping[Address, Resource]
_Bindings: TypeAlias = Mapping[Address, Binding | None]


def commands_after_rollback(opened: OpenWorkspace, plan: Plan) -> tuple[str, ...]:
    """Return the commands that make the files agree with a rollback that was carried out.

    The commit of the run is reverted only if that does this and nothing else.
    """
    bindings = opened.load_state().bindings
    undone = {change.address: bindings.get(change.address) for change in plan.visible_changes}
    resources = opened.configuration.desired.resources
    differing = [a for a in undone if not _agrees(opened, a, resources, undone)]
    if not differing:
        return ()
    history = opened.store.history()
    commit = next((s.run.commit for s in history if s.run.id == plan.header.rolls_back), None)
    revert = find_revert(opened.root, commit) if commit else None
    if revert is not None and _undoes(opened, revert, undone):
        return (revert.command,)
    return tuple(_commands_by_file(opened, differing, undone))


def _commands_by_file(
    opened: OpenWorkspace, differing: list[Address], undone: _Bindings
) -> Iterator[str]:
    resources = opened.configuration.desired.resources
    missing = [each for each in differing if each not in resources]
    edited = [each for each in differing if each in resources and undone[each] is not None]
    if edited:
        yield f"cioform pull {opened.name} {' '.join(map(str, edited))}"
    if missing:
        yield f"cioform import {opened.name} --target {' --target '.join(map(str, missing))}"
    for address in differing:
        location = resources[address].location if address in resources else None
        if undone[address] is None and location is not None:
            yield f"# Delete {address} from {shlex.quote(location.file)}"


def _undoes(opened: OpenWorkspace, revert: Revert, undone: _Bindings) -> bool:
    """Return whether a revert changes the files of what was rolled back, and nothing else."""
    now = opened.configuration.desired.resources
    after = _resources_at(opened, revert.tree)
    if after is None:
        return False
    changed = differences(after, now).keys()
    files = {path for a in changed for each in (now, after) for path in _files_of(each.get(a))}
    return (
        changed <= undone.keys()
        and revert.paths <= files
        and all(_agrees(opened, address, after, undone) for address in undone)
    )


def _resources_at(opened: OpenWorkspace, tree: str) -> _Resources | None:
    """Return what the files would say, None if they would not be valid."""
    try:
        with files_at_revision(opened.root, tree) as project:
            configuration = load_configuration(project, opened.name, opened.kinds, os.environ)
            return configuration.desired.resources
    except CioformError:
        return None


def _files_of(resource: Resource | None) -> Iterator[str]:
    """Yield the files of a resource, none if other workspaces have them, too."""
    if resource is not None and resource.location is not None and not resource.is_shared:
        yield resource.location.file
        yield from resource.body_files.values()


def _agrees(opened: OpenWorkspace, address: Address, files: _Resources, undone: _Bindings) -> bool:
    return has_what_was_applied(opened.kinds[address.kind], files.get(address), undone[address])
