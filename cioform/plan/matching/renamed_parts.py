"""A binding whose parts have other names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cioform.model.kind import Kind
from cioform.model.objects.snapshot import Binding
from cioform.model.parts import HasParts
from cioform.plan.compare.unmanaged_fields.unmanaged_record import with_parts_renamed


def with_renamed_parts(kind: Kind, binding: Binding, names: Mapping[str, str]) -> Binding:
    """Return a binding whose parts have other names; `names` has those that change."""
    if not names or not isinstance(kind, HasParts):
        return binding
    return replace(
        binding,
        parts={names.get(name, name): remote_id for name, remote_id in binding.parts.items()},
        applied=binding.applied and kind.rename_parts(binding.applied, names),
        unmanaged=binding.unmanaged and with_parts_renamed(kind, binding.unmanaged, names),
    )
