"""The facts of a workspace that selectors need: files, tags, uses, and an older revision."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from typing import Final

from cioform.config.base_settings import problem_in_base
from cioform.config.load import Configuration
from cioform.core.address import Address, slugify
from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import dataclass, field
from cioform.core.errors import ConfigError, UsageError
from cioform.model.objects.snapshot import AppliedState, Binding
from cioform.model.objects.tags import HasTags
from cioform.model.registry import Registry
from cioform.plan.reach.reference_graph import ObjectTexts, ReferenceGraph, build_graph
from cioform.plan.selecting.scope import Scope
from cioform.plan.selecting.selectors import FileState
from cioform.services.context import OpenWorkspace, ProjectsAtRevisions
from cioform.services.project.git import git_line
from cioform.services.revisions.changed_resources import changed_resources
from cioform.services.revisions.files import RevisionFiles
from cioform.services.revisions.find import find_commit
from cioform.services.revisions.run_origin import target_branch_commit

_WHY: Final = "the selector `state:` compares the files with it"
_ROLE: Final = "The selector `state:` compares the files with that revision."


def resolve_scope(opened: OpenWorkspace, scope: Scope, applied: AppliedState) -> Scope:
    """Return a scope with the addresses of the files and the state that its selectors name.

    Raises UsageError for a selector that is not valid or names nothing.
    """
    return scope.resolve(facts_of(opened, applied))


def facts_of(opened: OpenWorkspace, applied: AppliedState) -> WorkspaceFacts:
    """Return the facts of an open workspace."""
    return WorkspaceFacts(
        opened.root,
        opened.configuration,
        opened.kinds,
        applied.bindings,
        revisions=opened.revisions,
    )


@dataclass(frozen=True)
class WorkspaceFacts:
    """The facts of a workspace: of its files, and of what the state has beside them."""

    root: Path
    configuration: Configuration
    registry: Registry
    bindings: Mapping[Address, Binding] = field(default_factory=dict)
    also_known: Collection[Address] = ()
    """Addresses that neither has, and of which nothing else is known."""
    revisions: ProjectsAtRevisions | None = None

    @cached_property
    def known(self) -> Collection[Address]:
        """The addresses of the files and of the state."""
        return frozenset((*self.configuration.desired.resources, *self.bindings, *self.also_known))

    @property
    def kinds(self) -> Collection[str]:
        """The names of all kinds."""
        return self.registry.names

    def paths(self) -> Mapping[Address, Collection[str]]:
        """Return the files of each resource: its document and its bodies."""
        return {
            address: {
                *((each.location.file,) if each.location is not None else ()),
                *each.body_files.values(),
            }
            for address, each in self.configuration.desired.resources.items()
        }

    def tags(self) -> Mapping[Address, Collection[str]]:
        """Return the tags of each resource by name, and as they would be in an address."""
        return {
            address: {text for name in names for text in (name, slugify(name))}
            for address, attributes in self._attributes()
            if (names := self.tag_names(address, attributes))
        }

    def tag_names(self, address: Address, attributes: Attributes) -> Sequence[str]:
        """Return the names of a resource's tags."""
        kind = self.registry[address.kind]
        return kind.tag_names(attributes) if isinstance(kind, HasTags) else ()

    def references(self) -> ReferenceGraph:
        """Return what refers to what, by address."""
        return self._graph

    @cached_property
    def _graph(self) -> ReferenceGraph:
        return build_graph(
            (
                ObjectTexts(
                    str(address),
                    self.registry[address.kind],
                    attributes,
                    remote_id=self._remote_id(address),
                )
                for address, attributes in self._attributes()
            ),
            self.registry,
        )

    def changed(self, revision: str | None) -> Mapping[Address, FileState]:
        """Return what differs from a revision, by default from the base.

        Raises PlanError if Git does not have it, ConfigError if the workspace is not valid there.
        """
        commit = find_commit(self.root, revision or self._base(), _WHY)
        shared = self.revisions
        with nullcontext(shared) if shared is not None else RevisionFiles() as revisions:
            project = revisions.at(self.root, commit)
            try:
                return changed_resources(self.configuration, project, self.registry)
            except ConfigError as error:
                found = [problem_in_base(each, commit, _ROLE) for each in error.diagnostics]
                raise ConfigError(found) from None

    def _base(self) -> str:
        """Return the revision on which the files are based: where the branch began."""
        root = self.root
        base = (
            self.configuration.settings.base_commit
            or target_branch_commit(root, os.environ)
            or git_line(root, "merge-base", "refs/remotes/origin/HEAD", "HEAD")
        )
        if not base:
            raise UsageError.of(
                "Base not known",
                "`state:` compares the files with a revision, and Git does not know the default "
                "branch of `origin`. Name a revision:\n\n    --select 'state:modified@main'",
            )
        return base

    def _attributes(self) -> Iterator[tuple[Address, Attributes]]:
        resources = self.configuration.desired.resources
        yield from ((address, each.attributes) for address, each in resources.items())
        for address, binding in self.bindings.items():
            if address not in resources and binding.applied is not None:
                yield address, binding.applied

    def _remote_id(self, address: Address) -> str:
        resource = self.configuration.desired.resources.get(address)
        binding = self.bindings.get(address)
        if resource is not None and resource.remote_id:
            return resource.remote_id
        return binding.remote_id if binding is not None else ""
