"""Refuse a state that no run can have written: it would make a plan change the wrong objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Final

from pydantic import ValidationError

from cioform.core.address import Address
from cioform.core.data.json_value import has_unknown
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import StateError
from cioform.core.text.quoted import quoted
from cioform.model.objects.snapshot import AppliedState
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasTextIds
from cioform.services.context import OpenWorkspace
from cioform.state.ids import find_id_problem
from cioform.state.journal.replay import JournalReplay

_TYPE_ERRORS: Final = ("_type", "_parsing", "extra_forbidden")
"""How the types of errors end that say that a value has another form."""
_MISFITS: Final = (AttributeError, LookupError, TypeError, ValueError)
"""What code raises on values of another type than a kind applies."""


def load_checked_state(opened: OpenWorkspace) -> AppliedState:
    """Return the state. Raises StateError as `check_bindings` does."""
    applied = opened.load_state()
    check_bindings(opened, applied)
    return applied


def check_bindings(opened: OpenWorkspace, applied: AppliedState) -> None:
    """Raise StateError for kinds not known here, impossible IDs, and objects with two addresses."""
    problems = [
        *_unknown_kinds(opened.kinds, applied, opened.name),
        *_impossible_ids(opened.kinds, applied, opened.name),
        *_shared_objects(applied, opened.name),
    ]
    if problems:
        raise StateError(problems)


@contextmanager
def values_of_state_checked(opened: OpenWorkspace, applied: AppliedState) -> Iterator[None]:
    """Raise StateError if the block fails because the state has values that nothing applies.

    They are looked at only then: normally nobody edits a state.
    """
    try:
        yield
    except _MISFITS:
        for address, binding in applied.bindings.items():
            if not _can_be_compared(opened.kinds, address, binding.applied):
                raise _corrupt_values_error(opened.name, address) from None
        raise


def check_journaled_ids(registry: Registry, runs: Iterable[JournalReplay]) -> None:
    """Raise ValueError if an open change of a run has IDs that no object of its kind can have."""
    for change in chain.from_iterable(run.open_changes for run in runs):
        is_text = isinstance(registry[change.address.kind], HasTextIds)
        if find_id_problem(change.remote_id, change.parts, is_text=is_text):
            raise ValueError


def check_compared_values(
    opened: OpenWorkspace, applied: AppliedState, addresses: Iterable[Address]
) -> None:
    """Raise StateError if an address has applied values of another type than its kind applies.

    `addresses` are those with a difference: such a value would be reported as one.
    """
    for address in addresses:
        binding = applied.bindings.get(address)
        if binding and not _can_be_compared(opened.kinds, address, binding.applied):
            raise _corrupt_values_error(opened.name, address)


def _corrupt_values_error(workspace: str, address: Address) -> StateError:
    return StateError.of(
        "State corrupt",
        f"What the state says was last applied to {address} is not what cioform applies. Nothing "
        "was changed. Restore the state from its backup, or forget the address; the next plan "
        f"finds its object again:\n\n    cioform state forget {workspace} {address}",
        address=address,
    )


def _can_be_compared(registry: Registry, address: Address, values: object) -> bool:
    if values is None:
        return True
    kind = registry[address.kind]
    try:
        assert isinstance(values, dict)  # a state that was decoded
        tuple(kind.references(values))
        kind.normalize(values)
        if not has_unknown(values):
            kind.parse(values)
    except ValidationError as error:
        # Rules may have changed since the values were applied. Their types have not.
        return not any(each["type"].endswith(_TYPE_ERRORS) for each in error.errors())
    except _MISFITS:
        return False
    return True


def _unknown_kinds(
    registry: Registry, applied: AppliedState, workspace: str
) -> Iterator[Diagnostic]:
    for address in applied.bindings:
        if address.kind not in registry:
            yield Diagnostic(
                "Unknown kind in the state",
                f"The state binds {address}, and this version of cioform knows no kind "
                f"{quoted(address.kind)}. Nothing was changed. Install the version that wrote it, "
                f"or forget the address:\n\n    cioform state forget {workspace} {address}",
                address,
            )


def _impossible_ids(
    registry: Registry, applied: AppliedState, workspace: str
) -> Iterator[Diagnostic]:
    for address, binding in applied.bindings.items():
        is_text = address.kind not in registry or isinstance(registry[address.kind], HasTextIds)
        if problem := find_id_problem(binding.remote_id, binding.parts, is_text=is_text):
            yield Diagnostic(
                "State corrupt",
                f"What the state says of {address} cannot be true: {problem}. Nothing was changed. "
                "Restore the state from its backup, or forget the address; the next plan finds its "
                f"object again:\n\n    cioform state forget {workspace} {address}",
                address,
            )


def _shared_objects(applied: AppliedState, workspace: str) -> Iterator[Diagnostic]:
    addresses: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for address, binding in applied.bindings.items():
        addresses[address.kind, binding.remote_id].append(address)
    for (_, remote_id), sharing in addresses.items():
        if len(sharing) > 1:
            first, *others = sorted(sharing)
            names = ", ".join(map(str, (first, *others)))
            commands = "\n".join(f"    cioform state forget {workspace} {each}" for each in others)
            yield Diagnostic(
                "Object bound twice",
                f"The state binds the object {remote_id} to {names}. "
                "Removing the file of one would delete the object of the other. Nothing was "
                "changed. Restore the state from its backup, or keep one address, for example "
                f"{first}:\n\n{commands}",
                first,
            )
