"""Time of a commit and push of a large shared state to a bare remote on this machine."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from cioform.core.address import Address
from cioform.model.objects.snapshot import AppliedState, Binding
from cioform.state.shared.backend import SwapNote
from cioform.state.shared.layout import STATE_FILE
from cioform.state.state import StateOwner, encode_state
from tests.state.shared.git_remote import backend, clone, make_remote

_OWNER: Final = StateOwner("bench", 7)


def commit_and_push_seconds(bindings: int, runs: int = 5) -> tuple[float, float]:
    """Return the median seconds of one swap of a state in which one binding changed.

    The second number is the processor time of it, which other work on the machine does not change.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        storage = backend(clone(make_remote(root), root / "clone", "--depth=1"))
        applied = _state(bindings)
        token = storage.swap({STATE_FILE: _encoded(applied)}, None, SwapNote("0", {"Run": "0"}))
        times, processor = [], []
        for number in range(1, runs + 1):
            content = _encoded(_with_changed_binding(applied, number))
            start, used = time.perf_counter(), _processor_seconds()
            token = storage.swap(
                {STATE_FILE: content}, token, SwapNote(str(number), {"Run": str(number)})
            )
            times.append(time.perf_counter() - start)
            processor.append(_processor_seconds() - used)
    return statistics.median(times), statistics.median(processor)


def _processor_seconds() -> float:
    """Return the processor time of this process and of those that it has run."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _state(bindings: int) -> AppliedState:
    addresses = [Address("snippet", f"snippet_{number}") for number in range(bindings)]
    return AppliedState("bench", 1, {each: _binding(each, "") for each in addresses})


def _with_changed_binding(applied: AppliedState, number: int) -> AppliedState:
    address = Address("snippet", f"snippet_{number}")
    changed = {**applied.bindings, address: _binding(address, f"version {number} ")}
    return replace(applied, bindings=changed)


def _binding(address: Address, extra: str) -> Binding:
    # As long as a short message with a link.
    text = f"{extra}{address.name} " + f'<a href="https://acme.com/{address.name}">Acme</a>' * 3
    return Binding(address, address.name, address.name, {"name": address.name, "value": text})


def _encoded(applied: AppliedState) -> bytes:
    return encode_state(applied, _OWNER)
