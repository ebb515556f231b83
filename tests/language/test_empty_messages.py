"""A message that cannot be sent, in one of its languages, is refused unless it is so already."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.errors import PlanError
from cioform.language.messages.message import reject_empty

FIELDS = {"email": "subject", "push": "title", "sms": "body"}


def message(kind: str, text: str, **languages: str) -> dict[str, Any]:
    field = FIELDS[kind]
    translations = {language: {field: each} for language, each in languages.items()}
    return {"type": kind, field: text, **({"translations": translations} if languages else {})}


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize(
    ("text", "languages", "live", "path"),
    [
        ("", {}, None, ""),
        ("", {}, ("a", {}), ""),
        ("", {}, ("", {}), None),
        ("a", {"fr": ""}, None, "translations.fr."),
        ("a", {"fr": ""}, ("a", {}), "translations.fr."),
        ("a", {"fr": ""}, ("a", {"fr": "b"}), "translations.fr."),
        ("a", {"fr": ""}, ("a", {"fr": ""}), None),
        ("a", {"fr": "", "es": ""}, ("a", {"fr": ""}), "translations.es."),
        ("", {"fr": ""}, ("", {"fr": "b"}), "translations.fr."),
    ],
)
def test_an_empty_message_in_a_language(
    kind: str,
    text: str,
    languages: dict[str, str],
    live: tuple[str, dict[str, str]] | None,
    path: str | None,
) -> None:
    wanted = message(kind, text, **languages)
    there = message(kind, live[0], **live[1]) if live is not None else None
    if path is None:
        reject_empty("m", wanted, there)
        return
    with pytest.raises(PlanError, match=f"The `{path}{FIELDS[kind]}` of the message `m` is empty"):
        reject_empty("m", wanted, there)
