"""Check that a condition in the notation of another one has no double negation."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.data.json_value import JsonValue, canonical_json
from cioform.core.data.paths import FieldPath
from cioform.language.conditions.boolean_algebra import split_negation
from cioform.language.conditions.grammar import leaves


def keeps_polarity(candidate: Mapping[str, JsonValue], like: Mapping[str, JsonValue]) -> bool:
    """Return whether each test below a `not` of `candidate` is as positive as that of `like`.

    `not: {is_not: gold}` in place of `not: {is: gold}` would be a double negation. A diff of the
    two shows `is -> is_not`, which is the opposite of the change.
    """
    known, unchanged = dict[FieldPath, bool](), set[tuple[int, str]]()
    for path, leaf in leaves(like):
        if "not" in path:
            known[path] = split_negation(leaf)[1]
            unchanged.add((path.count("not"), canonical_json(leaf)))
    return all(
        known[path] == split_negation(leaf)[1]
        if path in known
        else path.count("not") == 1 and not split_negation(leaf)[1]
        for path, leaf in leaves(candidate)
        if "not" in path and (path.count("not"), canonical_json(leaf)) not in unchanged
    )
