"""Members of a template that no source records: shown and compared, but never written."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.data.json_value import JsonValue
from cioform.core.errors import PlanError
from cioform.core.text.word_lists import join_names
from cioform.language.messages.template.editors import without_other_editors_bodies
from cioform.language.messages.template.template_members import TEMPLATE_MEMBERS
from cioform.model.hints import IMPORT_COMMAND


def fields_to_write(
    name: str, fields: Mapping[str, JsonValue], current: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return the members of a template that a write may contain.

    `name` is the name of the message, and `current` is its template as read. Raises PlanError if a
    member would change that no API can write.
    """
    others = {member: fields[member] for member in fields if member not in TEMPLATE_MEMBERS}
    changed = [n for n, v in others.items() if (current.get(n) or None) != (v or None)]
    if changed:
        raise PlanError.of(
            "Unknown member of a template",
            f"The message `{name}` has {join_names(changed, 'and')} under `raw`, "
            "but cioform does not know how to write that over the API. Remove it from the file. "
            "If you need it, apply the file without it, set it in Customer.io, then import the "
            f"message:\n\n{IMPORT_COMMAND}",
        )
    known = {member: value for member, value in fields.items() if member not in others}
    return without_other_editors_bodies(name, known, current)
