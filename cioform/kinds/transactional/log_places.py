"""The places of the fields of a transactional message in the audit log."""

from __future__ import annotations

from dataclasses import replace

from cioform.core.data.paths import FieldPath
from cioform.kinds.transactional.journeys_api import templates_by_language
from cioform.kinds.transactional.wire_types import WireReply
from cioform.model.objects.live_object import RemoteObject
from cioform.model.paths.log_place import LogPlace, language_of, log_place


def message_place(path: FieldPath, found: RemoteObject) -> LogPlace:
    """Return where the log has the field at a path of a message.

    The entries of the default language are about the message or about its template.
    """
    language = language_of(path)
    templates = {
        each: ("template", str(template["id"]))
        for each, template in templates_by_language(found.wire_as(WireReply)).items()
    }
    own = frozenset({templates[language]} if language in templates else ())
    return replace(
        log_place(path),
        parts=own if language else frozenset(),
        others=frozenset(templates.values()) - own,
    )
