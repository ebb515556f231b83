"""`Kind` has what several kinds override; what one kind alone has is a capability."""

from __future__ import annotations

from cioform.kinds import find_kinds
from cioform.model.kind import Kind


def test_a_hook_of_every_kind_is_not_for_one_kind_alone() -> None:
    kinds = [type(kind) for kind in find_kinds()]
    hooks = [
        name
        for name, value in vars(Kind).items()
        if not name.startswith("_") and not isinstance(value, property)
    ]
    overriding = {
        name: [k for k in kinds if getattr(k, name) is not vars(Kind)[name]] for name in hooks
    }
    # What these are by default is used for nearly every kind.
    few = [name for name, found in overriding.items() if len(found) < 2]
    assert few == ["identity", "attributes", "is_default"]
