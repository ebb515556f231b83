"""Change which object an address is bound to, without a request."""

from __future__ import annotations

from dataclasses import replace

from cioform.core.address import Address
from cioform.core.errors import UsageError
from cioform.model.address_moves import apply_moves
from cioform.services.context import OpenWorkspace
from cioform.services.reading.read import not_found_error
from cioform.services.reading.recovery import save_state
from cioform.services.revisions.run_origin import describe_run


def move_binding(opened: OpenWorkspace, old: Address, new: Address) -> None:
    """Bind the object of `old` to `new`.

    Raises UsageError when `old` is not bound, or `new` is bound already or of another kind.
    """
    with opened.store.lock(describe_run(opened, "state mv")):
        applied = opened.load_state()
        if old not in applied.bindings:
            raise not_found_error(old, "The state has no binding for", applied.bindings)
        if new in applied.bindings or new.kind != old.kind:
            raise UsageError.of(
                "Address is taken or of another kind",
                f"{old} cannot become {new}: the new address must be unbound and of the same kind.",
            )
        bindings = apply_moves(opened.kinds, applied.bindings, {old: new})
        save_state(opened, replace(applied, bindings=bindings))


def forget_binding(opened: OpenWorkspace, address: Address) -> None:
    """Unbind an address without deleting its object, which becomes unmanaged.

    Raises UsageError when the address is not bound.
    """
    with opened.store.lock(describe_run(opened, "state forget")):
        applied = opened.load_state()
        if address not in applied.bindings:
            raise not_found_error(address, "The state has no binding for", applied.bindings)
        rest = {a: b for a, b in applied.bindings.items() if a != address}
        save_state(opened, replace(applied, bindings=rest))
