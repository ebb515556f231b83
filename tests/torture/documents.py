"""Random documents of a workspace that refer to each other, and random changes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from random import Random
from typing import Any, Final

from tests.torture.moves import Moves
from tests.torture.workflows import condition, workflow

Document = dict[str, Any]

TEAM: Final = "team@acme.com"
BILLING: Final = "billing@acme.com"
TEXTS: Final = ("one", "two", "three\nlines\n", "{{ customer.name }} ümläut", "3.10")
FILES: Final = (
    "snippets/legal.yaml",
    "snippets/promo.yaml",
    "snippets/address.yaml",
    "layouts/main.yaml",
    "layouts/letter.yaml",
    "segments/hand.yaml",
    "segments/trial.yaml",
    "segments/nested.yaml",
    "tags/spring.yaml",
    "topics/offers.yaml",
    "object_types/accounts.yaml",
    "senders/billing.yaml",
    "transactional/receipt.yaml",
    "transactional/code.yaml",
    "campaigns/onboarding.yaml",
    "campaigns/winback.yaml",
)


class Documents:
    """The documents of a workspace. Every change leaves them valid."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.always_from = rng.random() < 0.5
        """Without the field a message keeps its sender, which then cannot be deleted."""
        self.names = [name for name in FILES if self.always_from or "senders" not in name]
        self.files: dict[str, Document] = {}
        """The documents by the first file of each."""
        self.moves = Moves(rng)
        self._set(rng.sample(self.names, rng.randint(3, 11)), rng.choices(FILES, k=20))

    @property
    def written(self) -> dict[str, Document]:
        """The documents by the files in which they are now."""
        return self.moves.written(self.files)

    def change(self) -> None:
        """Add, change, rename, move and remove a few documents."""
        rng = self.rng
        before = set(self.files)
        switched = rng.sample(self.names, rng.choice((0, 0, 1, 2)))
        names = [*(set(self.files) ^ set(switched))]
        self._set(names, rng.choices(FILES, k=rng.randint(1, 4)))
        self.moves.change(before & set(self.files))

    def _set(self, names: list[str], renewed: list[str]) -> None:
        """Keep the documents of these names, and make the renewed and the missing ones."""
        gone = [_key(name) for name in FILES if name not in names]
        before, self.files = self.files, {}
        for name in FILES:  # what others refer to comes first
            if name not in names:
                continue
            document = before.get(name)
            if document is None or name in renewed or _names_one_of(document, gone):
                document = self.make(name)
            self.files[name] = document

    def make(self, name: str) -> Document:
        """Return a new document for one of FILES, which refers to those that there are."""
        folder, key = name.split("/")[0], _key(name)
        make = {
            "snippets": self._snippet,
            "layouts": self._layout,
            "segments": self._segment,
            "tags": self._tag,
            "topics": lambda _key: {"name": "Offers"},
            "object_types": lambda _key: {"name": "accounts"},
            "senders": lambda _key: {"name": self.rng.choice(TEXTS[:2]), "email": BILLING},
            "transactional": self._transactional,
            "campaigns": self._campaign,
        }[folder]
        return make(key)

    def _has(self, name: str) -> bool:
        return name in self.files and self.rng.random() < 0.6

    def _name(self, key: str) -> str:
        return self.rng.choice((key, key, f"{key} renamed"))

    def _text(self) -> str:
        if self._has("snippets/legal.yaml"):
            return "{{ snippets.legal }}"
        return self.rng.choice(TEXTS)

    def _snippet(self, key: str) -> Document:
        # Texts name this one, and a snippet in use cannot be renamed.
        return {"name": key if key == "legal" else self._name(key), "value": self.rng.choice(TEXTS)}

    def _layout(self, key: str) -> Document:
        body = f"<p>{self._text()}</p>{{{{ content }}}}"
        return {"name": self._name(key), "body": body}

    def _segment(self, key: str) -> Document:
        common = {"name": self._name(key), "description": self.rng.choice(TEXTS)}
        if key == "hand":
            return {**common, "manual": True}
        inner = [
            s for s in ("trial", "hand") if key == "nested" and self._has(f"segments/{s}.yaml")
        ]
        conditions = [{"segment": each} for each in inner] or [condition(self.rng)]
        return {**common, "conditions": {"all": conditions}}

    def _tag(self, key: str) -> Document:
        return {"name": self._name(key)}

    def _email(self) -> Document:
        email: Document = {"subject": self.rng.choice(TEXTS[:2]), "body": self._text()}
        # Without the field a message keeps its layout, which then cannot be deleted.
        email["layout"] = "main" if self._has("layouts/main.yaml") else "none"
        if self.always_from or self.rng.random() < 0.4:
            email["from"] = BILLING if self._has("senders/billing.yaml") else TEAM
        return email

    def _translated(self, email: Document) -> Document:
        """Return an e-mail with some languages. One without `layout` keeps it too."""
        languages = self.rng.sample(["es", "fr"], self.rng.randint(0, 2))
        same = {name: email[name] for name in ("layout", "from") if name in email}
        translations = {each: {"subject": "t", "body": self._text(), **same} for each in languages}
        return {**email, "translations": translations}

    def _transactional(self, key: str) -> Document:
        rng = self.rng
        if key == "code":
            return {"name": self._name(key), "sms": {"body": rng.choice(TEXTS)}}
        email = self._translated({"from": TEAM, **self._email()})
        return {"name": self._name(key), "description": rng.choice(TEXTS), "email": email}

    def _campaign(self, key: str) -> Document:
        rng = self.rng
        segments = [s for s in ("trial", "hand", "nested") if self._has(f"segments/{s}.yaml")]
        trigger: Document = {"event": rng.choice(("signed_up", "came_back"))}
        if segments and rng.random() < 0.2:  # another type of trigger makes the campaign again
            trigger = {"segment": segments[0]}
        document: Document = {"name": self._name(key), "trigger": trigger}
        if segments and rng.random() < 0.5:
            document["exit"] = {"when": {"segment": segments[-1]}}
        if rng.random() < 0.3:
            document["goal"] = {"event": "purchased", "within": "7d"}
        if rng.random() < 0.3:
            document["tags"] = ["lifecycle"]
        if self._has("topics/offers.yaml"):
            document["topic"] = "offers"
        if rng.random() < 0.3:
            document["reentry"] = rng.choice(("once", {"mode": "every_match", "cooldown": "30d"}))
        return {**document, "workflow": workflow(rng, segments, self._email)}


def _key(name: str) -> str:
    return name.split("/")[1].removesuffix(".yaml")


def _names_one_of(document: Mapping[str, Any], keys: list[str]) -> bool:
    text = json.dumps(document)
    return any(f'"{key}{end}' in text for key in keys for end in '"@') or any(
        f"snippets.{key}" in text for key in keys
    )
