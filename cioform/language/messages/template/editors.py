"""Bodies that another editor than the code editor made: compared, but never written."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.data.json_value import JsonValue
from cioform.core.errors import PlanError
from cioform.core.text.quoted import quoted
from cioform.language.messages.template.template_members import DEFAULT_EDITOR
from cioform.language.messages.template.template_values import normalize_html
from cioform.model.hints import IMPORT_COMMAND

_BODIES = ("body", "body_amp", "body_plain")
"""The members that such an editor makes."""


def reject_new_in_other_editor(name: str, content: Mapping[str, JsonValue]) -> None:
    """Raise PlanError if a message that does not exist yet says that another editor made it.

    `name` is that of the message, `content` its content.
    """
    translations = content.get("translations") or {}
    for each in (content, *translations.values()):
        editor = (each.get("raw") or {}).get("editor") or DEFAULT_EDITOR
        if editor != DEFAULT_EDITOR:
            raise _blocked_error(
                f"The body of the message `{name}` was created in Customer.io's editor "
                f"{quoted(editor)}, and no API can create such a message. Create it in "
                f"Customer.io, then write it to the file:\n\n{IMPORT_COMMAND}"
            )


def without_other_editors_bodies(
    name: str, fields: Mapping[str, JsonValue], current: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return the members to write, without bodies that only another editor can write.

    `name` is that of the message, and `current` is its template as read. Raises PlanError if such a
    body would change (journeys facts, section 5).
    """
    editor = str(current.get("editor") or DEFAULT_EDITOR)
    wanted = str(fields.get("editor") or editor)
    if wanted != editor:
        raise _blocked_error(
            f"The file has the editor {quoted(wanted)} under `raw` of the message `{name}`, whose "
            f"body was created in the editor {quoted(editor)}. No API converts a body. Create the "
            f"message again in Customer.io, or write the live one to the file:\n\n{IMPORT_COMMAND}"
        )
    if editor == DEFAULT_EDITOR:
        return {**fields}
    if any(_text(fields[m]) != _text(current.get(m)) for m in _BODIES if m in fields):
        raise _blocked_error(
            f"The body of the message `{name}` was created in Customer.io's editor "
            f"{quoted(editor)}, and no API can write such a body. Create the message again in "
            f"Customer.io with the code editor, or write the live `body` to the "
            f"file:\n\n{IMPORT_COMMAND}"
        )
    return {member: value for member, value in fields.items() if member not in _BODIES}


def _text(value: JsonValue) -> str:
    return normalize_html(str(value or "").replace("\r\n", "\n"))


def _blocked_error(detail: str) -> PlanError:
    return PlanError.of("Body was created in another editor", detail)
