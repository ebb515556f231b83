"""Language variants of a message: copies of its default template."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import TEMPLATE, Record
from cioform.emulator.wire.errors import unprocessable

NOT_COPIED_FIELDS = ("id", "created", "updated", "language")


def templates_of(request: Request, owner: str, number: int) -> list[Record]:
    """Return all templates of a message, that of the default language first.

    `owner` is the field that names the message, as in `WorkspaceData.find_by_owner`.
    """
    templates = request.workspace_data.find_by_owner(TEMPLATE, owner, number)
    return sorted(templates, key=lambda each: (each["language"] != "", each["id"]))


def create_translation(request: Request, owner: str, number: int, fields: dict[str, Any]) -> Record:
    """Create and return a variant, copied from the default. Raises 422 if it already exists."""
    language = (fields.get("language") or "").strip()
    templates = templates_of(request, owner, number)
    if not language:
        raise unprocessable("language cannot be nil", "/translation/language")
    if any(each["language"] == language for each in templates):
        raise unprocessable(
            "a translation in that language already exists", "/translation/language"
        )
    return audit.create_record(
        request, TEMPLATE, {**copyable_fields(templates[0]), "language": language}
    )


def copyable_fields(template: Record) -> Record:
    """Return the fields of a template that a copy of it shares."""
    return {key: value for key, value in template.items() if key not in NOT_COPIED_FIELDS}
