"""Find the needs of messages that nothing declares."""

from __future__ import annotations

from collections.abc import Iterator

from cioform.contract.declared import DeclaredData
from cioform.contract.needs import Contract, Need, Status
from cioform.contract.shape import Shape


def declared_shape(contract: Contract, need: Need, declared: DeclaredData) -> Shape | None:
    """Return what is declared of the value of a need.

    Return None if it is not declared, or if nothing is declared of its event at all.
    """
    file = _file_shape(contract, need, declared)
    return None if file is None else file.find(need.path[1:])


def undeclared_needs(contract: Contract, declared: DeclaredData) -> Iterator[Need]:
    """Yield the needs of an event or a person that has declarations, but not of this value."""
    for need in contract.needs:
        if need.status is Status.GUARDED or need.provided_by:
            continue
        file = _file_shape(contract, need, declared)
        if file is not None and file.find(need.path[1:]) is None:
            yield need


def _file_shape(contract: Contract, need: Need, declared: DeclaredData) -> Shape | None:
    event = contract.trigger.name if contract.trigger else ""
    found = declared.of(str(need.path[0]), event)
    return None if found is None else found.shape
