"""The contents of a campaign: its messages and data steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.core.data.json_value import UNKNOWN, KindFields
from cioform.kinds.campaign.canonical import is_message_step, walk_workflow
from cioform.language.liquid.parsed import has_liquid
from cioform.language.messages.contents import (
    EVENT_ROOTS,
    JOURNEY_ROOTS,
    TRIGGER_ROOTS,
    message_contents,
    strings_in,
)
from cioform.language.workflow import ACTION, BRANCH_KEYS, keyword_of
from cioform.model.contents import (
    Content,
    ContentRole,
    ContentText,
    DataSource,
    ProvidedData,
    TextForm,
    TriggerData,
)

_ROOTS: Final[Mapping[str, frozenset[str]]] = {
    "event": EVENT_ROOTS,
    "behavioral": EVENT_ROOTS,
    "form": EVENT_ROOTS | TRIGGER_ROOTS,
    "webhook": TRIGGER_ROOTS,
    "object": TRIGGER_ROOTS,
    "relationship": TRIGGER_ROOTS,
    "api": TRIGGER_ROOTS,
}
"""What a message may use besides the common variables, by the type of the trigger."""
_UNRENDERED: Final = frozenset({"id", "name", "was", *BRANCH_KEYS})


def contents_of(attributes: KindFields) -> Iterator[Content]:
    """Yield the contents of a canonical form, with their places in a document."""
    roots = _roots(attributes)
    messages = attributes.get("messages", UNKNOWN)
    messages = messages if isinstance(messages, Mapping) else {}
    for path, step in walk_workflow(attributes.get("workflow", UNKNOWN)):
        if is_message_step(step):
            keyword = keyword_of(step)
            yield from message_contents(
                keyword, messages.get(step["id"], {}), (*path, keyword), roots
            )
        elif ACTION not in step:
            texts = tuple(
                ContentText(name, place, text, TextForm.TEXT)
                for name, value in step.items()
                if name not in _UNRENDERED and not isinstance(value, list)
                for place, text in strings_in(value, (*path, name))
                if has_liquid(text)
            )
            if texts:
                yield Content("step", path, texts, roots=roots, role=ContentRole.STEP)


def trigger_data_of(attributes: KindFields) -> TriggerData | None:
    """Return the data that comes with the trigger of a canonical form."""
    trigger = attributes.get("trigger", UNKNOWN)
    if not isinstance(trigger, Mapping) or UNKNOWN in trigger.values():
        return None
    if isinstance(event := trigger.get("event"), str):
        return TriggerData(DataSource.EVENT, "event", event)
    roots = next((roots for keyword, roots in _ROOTS.items() if keyword in trigger), frozenset())
    if "trigger" not in roots:
        return None
    source = DataSource.BROADCAST if "api" in trigger else DataSource.OTHER
    return TriggerData(source, "trigger", str(attributes.get("name", "")))


def provided_data_of(attributes: KindFields) -> Iterator[ProvidedData]:
    """Yield the data that the steps of a canonical form set.

    No source records the names that the response of a webhook or an entry of a collection gets, so
    every attribute of the journey may come from such a step.
    """
    for _, step in walk_workflow(attributes.get("workflow", UNKNOWN)):
        name = str(step.get("id", ""))
        for attribute in step.get("set_attributes") or ():
            yield ProvidedData(("customer", str(attribute)), name)
        if "query_collection" in step or keyword_of(step) == "webhook":
            yield ProvidedData(("journey",), name)


def _roots(attributes: KindFields) -> frozenset[str] | None:
    """Return the variables of every message; None where the trigger is not known."""
    trigger = attributes.get("trigger", UNKNOWN)
    if not isinstance(trigger, Mapping) or UNKNOWN in trigger.values() or "raw" in trigger:
        return None
    more = next((roots for keyword, roots in _ROOTS.items() if keyword in trigger), frozenset())
    return JOURNEY_ROOTS | more
