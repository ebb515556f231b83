"""Events that are joined to the one that started the campaign.

`{event: order_paid, same: order_id}` is short for a `where` with the test
`{attribute: order_id, is: {event_attribute: order_id}}`. A list means that all of them are equal.
Attributes with different names have only the long form.
"""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.data.json_value import JsonValue
from cioform.language.conditions.operand_checks import referenced_event_attribute


def expand_same(leaf: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the leaf of an event with its `same` as tests in its `where`."""
    if "same" not in leaf:
        return dict(leaf)
    names = leaf["same"] if isinstance(leaf["same"], list) else [leaf["same"]]
    tests: list[JsonValue] = [
        {"attribute": name, "is": {"event_attribute": name}} for name in names
    ]
    where = leaf.get("where", {"all": []})
    tests += where.get("all", [where])
    expanded = {key: value for key, value in leaf.items() if key not in ("same", "where")}
    return {**expanded, "where": tests[0] if len(tests) == 1 else {"all": tests}}


def extract_same(where: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return `same` and `where` for the `where` of an event, each only if there is one."""
    tests = where.get("all", [where])
    names = [name for test in tests if (name := same_name(test)) is not None]
    if not names:
        return {"where": dict(where)}
    found: dict[str, JsonValue] = {"same": names[0] if len(names) == 1 else names}
    others = [test for test in tests if same_name(test) is None]
    if len(others) == 1 and "all" not in others[0]:
        found["where"] = others[0]
    elif others:
        found["where"] = {"all": others}
    return found


def same_name(test: JsonValue) -> str | None:
    """Return the attribute of a test that compares it with the one of the same name, or None."""
    if not isinstance(test, Mapping) or set(test) != {"attribute", "is"}:
        return None
    name = referenced_event_attribute(test["is"])
    return name if name is not None and name == test["attribute"] else None
