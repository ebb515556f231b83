"""A promotion: how the files of one workspace differ from those of another one."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic
from cioform.plan.change import Action, FieldChange


@dataclass(frozen=True, slots=True)
class PromotedDocument:
    """A document that the target lacks, or that differs there."""

    address: Address
    action: Action
    fields: tuple[FieldChange, ...]
    """From the target to the source, by the paths of the file."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """How the files of `target` become those of `source`."""

    source: str
    target: str
    documents: tuple[PromotedDocument, ...]
    left: tuple[Diagnostic, ...]
    """What cannot be promoted, and why."""
    shared: tuple[Address, ...]
    """What both workspaces include, so that it needs no promotion."""
    not_included: Mapping[str, tuple[Address, ...]]
    """The shared folders that only the source includes, with what is in them."""
    only_in_target: tuple[Address, ...]
    unchanged: int
