"""The names of changes in the sentences of guards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from cioform.core.address import Address
from cioform.core.text.word_lists import join_first
from cioform.plan.change import Change

SHOWN_ADDRESSES: Final = 3
"""How many addresses a guard names."""


def names(changes: Sequence[Change]) -> str:
    """Return the first addresses, and how many more there are."""
    return join_first([change.address for change in changes], SHOWN_ADDRESSES)


def is_(changes: Sequence[Change]) -> str:
    """Return the verb for some changes."""
    return "is" if len(changes) == 1 else "are"


def was(changes: Sequence[Change]) -> str:
    """Return the verb for some changes, in the past."""
    return "was" if len(changes) == 1 else "were"


def has(changes: Sequence[Change]) -> str:
    """Return the verb for what some changes have."""
    return "has" if len(changes) == 1 else "have"


def addresses_of(changes: Iterable[Change]) -> tuple[Address, ...]:
    """Return all addresses."""
    return tuple(change.address for change in changes)
