"""The changes and fields that a plan does not change in the workspace."""

from __future__ import annotations

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.plan.change import Action, FieldChange


@dataclass(frozen=True, slots=True)
class UnreadableFields:
    """Fields that the given credentials cannot read, so that they were not compared."""

    address: Address
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptFields:
    """Fields that stay as they are in the workspace, because `--prefer live` decided it."""

    address: Address
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnmanagedFields:
    """Fields of an object that no file sets, with what they were, as far as that is known."""

    address: Address
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class OmittedChange:
    """A change that was taken out of the plan: apply leaves the object as it is."""

    address: Address
    action: Action
    reason: str
    """Why, for people: `somebody changed it in the workspace`."""
    has_config: bool
    """Whether something that the files changed is not applied, so that the plan is incomplete."""
    fields: tuple[FieldChange, ...] = ()
    """What the files changed."""
