"""Find the fields that existing files do not set after an import has updated them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.text.word_lists import join_names
from cioform.model.kind import Kind
from cioform.model.parts import HasParts
from cioform.model.paths.file_paths import part_path
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.compare.differences import ABSENT
from cioform.plan.compare.unmanaged import pattern_tree, unmanaged_values
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import is_matched, value_at_path
from cioform.run.importing.captured import CapturedResources


def unset_fields(
    workspace: str,
    kinds: Registry,
    before: Mapping[Address, Resource],
    after: Mapping[Address, Resource],
    captured: CapturedResources,
) -> Iterator[str]:
    """Yield sentences about fields that files set until now, and about values in no file.

    `before` and `after` are the files of an import that updates them.
    """
    for address, live in captured.attributes.items():
        if address not in before or address not in after:
            continue
        kind, own = kinds[address.kind], after[address]
        if dropped := _dropped(kind, before[address].attributes, own.attributes):
            yield (
                f"{address}: the file does not set {dropped} any more, because the workspace has "
                "the default. From now on, apply leaves it as it is."
            )
        fields = LiveFields(kind, captured.bindings[address].remote_id, live, captured.names)
        paths = (
            path
            for path in fields.unmanaged(own.attributes)
            if not any(is_matched(kind, pattern, path) for pattern in own.ignore)
        )
        if left := _names(kind, paths, own.attributes, live):
            yield (
                f"{address}: no file sets {left}, so import leaves that out. `cioform pull "
                f"{workspace} {address}` writes what somebody edited of it."
            )


def _dropped(kind: Kind, before: Attributes, after: Attributes) -> str:
    """Return the fields that only the former file sets, in one text."""
    found = set(unmanaged_values(before, after, pattern_tree(kind.unmanaged_fields)))
    if isinstance(kind, HasParts):
        found |= {path for path, _ in kind.unmanaged_in_parts(before, after)}
    return _names(kind, found, after, before)


def _names(kind: Kind, paths: Iterable[FieldPath], own: Attributes, holder: Attributes) -> str:
    """Return the paths in the file of what `own` lacks and `holder` has, each as short as it is."""
    outermost = {_outermost_absent(kind, path, own) for path in paths}
    names = sorted(format_path(part_path(kind, path, holder)) for path in outermost)
    return join_names(names, "and") if names else ""


def _outermost_absent(kind: Kind, path: FieldPath, own: Attributes) -> FieldPath:
    starts = (path[:length] for length in range(1, len(path)))
    return next((each for each in starts if value_at_path(kind, own, each) is ABSENT), path)
