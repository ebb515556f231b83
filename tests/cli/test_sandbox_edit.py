"""`sandbox edit` clears fields and adds languages, as a person does in Customer.io's UI."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from cioform.core.address import Address
from cioform.core.data.nested import get_value
from cioform.core.data.paths import FieldPath, parse_path
from cioform.core.errors import UsageError
from cioform.model.remote_access.conversation import Api
from cioform.services.sandbox.editing import edit_live_object
from cioform.services.workspace import Workspace, open_workspace
from tests.support.command_line import CommandLine

WELCOME: Final = "campaign.welcome"
PUSH: Final = "campaign.re_engagement_3_days"
RECEIPT: Final = "transactional.receipt"

# What each field has after it is cleared; None if a document would not have it at all.
CLEARED: Final[dict[str, dict[str, Any]]] = {
    WELCOME: {
        "description": None,
        "tags": None,
        "goal": None,
        "reentry": None,
        "exit": None,
        "message_limits": None,
        "welcome.name": None,
        "welcome.email.sending": None,
        "welcome.email.from": None,
        "welcome.email.reply_to": None,
        "welcome.email.layout": None,
        "welcome.email.subject": "",
        "welcome.email.to": "",
        "welcome.email.bcc": None,
        "welcome.email.preheader": None,
        "welcome.email.headers": None,
        "welcome.email.body": "",
        "welcome.email.translations": None,
    },
    PUSH: {
        "reentry": None,
        "exit.when": None,
        "nudge_push.push.link": None,
        "nudge_push.push.title": "",
        "nudge_push.push.body": "",
    },
    "segment.inactive_3_days": {"description": None},
    RECEIPT: {
        "trigger_name": None,
        "email.layout": None,
        "email.from": None,
        "email.subject": "",
        "email.translations.es": None,
        "email.translations": None,
    },
    "sender.team_acme_example": {"name": None},
}
NOT_EMPTY: Final = {
    WELCOME: (*("name", "trigger", "two_days.wait", "welcome.email", "welcome.email.track"),),
    PUSH: ("has_the_app.if",),
    "segment.inactive_3_days": ("name", "conditions"),
    RECEIPT: ("name",),
    "snippet.legal": ("value",),
    "layout.main": ("name", "body"),
    "sender.team_acme_example": ("email",),
}
FILLED: Final = {
    WELCOME: (
        *("description=x", "tags=[a]", "goal={event: paid}", "reentry=every_match"),
        *("message_limits=false", "welcome.name=Hi there", "welcome.email.sending=automatic"),
        *("welcome.email.reply_to=team@acme.example", "welcome.email.bcc=a@acme.com"),
        *("welcome.email.preheader=x", "welcome.email.headers={X-A: b}"),
        "welcome.email.translations.es.subject=Hola",
    ),
    PUSH: ("nudge_push.push.link=app://home",),
    RECEIPT: ("trigger_name=RECEIPT",),
    "segment.inactive_3_days": ("description=x",),
}
LANGUAGES: Final = "workspaces/demo/campaigns/welcome/campaign.yaml"


def edit(cio: CommandLine, address: str, assignment: str) -> tuple[int, str]:
    done = cio("sandbox", "edit", "demo", address, assignment)
    return done.code, done.err


def live(cio: CommandLine, address: str) -> Any:
    return yaml.safe_load(cio("show", "demo", address, "--live", "--yaml").out)


def value_of(document: Any, path: FieldPath) -> Any:
    """Return the value at a path of the file, None if it is not there."""
    steps = [*document.get("workflow", ())]
    for step in steps:
        steps += [
            inner for inner in (*step.get("then", ()), *step.get("else", ())) if inner != "exit"
        ]
    named = next((step for step in steps if step["id"] == path[0]), None)
    try:
        return get_value(document if named is None else named, path if named is None else path[1:])
    except (KeyError, TypeError):
        return None


@dataclass(frozen=True)
class Person:
    """Somebody who edits one object in the browser."""

    workspace: Workspace
    address: Address

    def edit(self, assignment: str) -> None:
        field, _, value = assignment.partition("=")
        edit_live_object(self.workspace, self.address, field, value)

    def cannot_clear(self, field: str) -> str:
        """Return why a field cannot be cleared."""
        with pytest.raises(UsageError) as refused:
            self.edit(f"{field}=")
        return str(refused.value)


@pytest.fixture
def person(cio: CommandLine, address: str) -> Iterator[Person]:  # noqa: ARG001
    """Yield a person in the copy of the project that `cio` makes."""
    journeys = frozenset({Api.JOURNEYS})
    with open_workspace(Path(), "demo", apis=journeys, actor="jane@acme.com") as workspace:
        yield Person(workspace, Address.parse(address))


@pytest.mark.parametrize("address", CLEARED)
def test_an_empty_value_clears_the_field(cio: CommandLine, person: Person, address: str) -> None:
    for assignment in FILLED.get(address, ()):
        person.edit(assignment)
    for field in CLEARED[address]:
        person.edit(f"{field}=")
    document = live(cio, address)
    cleared = {field: value_of(document, parse_path(field)) for field in CLEARED[address]}
    assert cleared == CLEARED[address]
    for field in CLEARED[address]:
        refusal = f"Invalid value: `{field}` has no value to clear."
        assert person.cannot_clear(field) == refusal


@pytest.mark.parametrize("address", NOT_EMPTY)
def test_a_field_that_cannot_be_empty_says_so(
    cio: CommandLine, person: Person, address: str
) -> None:
    before = live(cio, address)
    for field in NOT_EMPTY[address]:
        assert person.cannot_clear(field) == f"Invalid value: `{field}` cannot be empty."
    assert live(cio, address) == before


@pytest.mark.parametrize("address", [WELCOME])
def test_a_field_without_a_value_has_nothing_to_clear(person: Person) -> None:
    for field in ("welcome.email.subjet", "topic"):
        refusal = f"Invalid value: `{field}` has no value to clear."
        assert person.cannot_clear(field) == refusal


def test_the_command_says_what_cannot_be_cleared(cio: CommandLine) -> None:
    refusal = "error: Invalid value\n  `welcome.only_if` has no value to clear.\n"
    assert edit(cio, WELCOME, "welcome.only_if=") == (64, refusal)


def test_a_language_is_added_and_removed_in_the_name_of_a_person(cio: CommandLine) -> None:
    where = "welcome.email.translations"
    assert edit(cio, WELCOME, f"{where}.es.subject=Hola") == (0, "")
    assert edit(cio, WELCOME, f"{where}.fr={{subject: Bonjour, body: Oui}}") == (0, "")
    assert edit(cio, PUSH, "nudge_push.push.translations.es={}") == (0, "")
    found = value_of(live(cio, WELCOME), parse_path(where))
    assert (found["es"]["subject"], found["fr"]["body"]) == ("Hola", "Oui")
    assert found["es"]["body"].startswith("<p>Hello")  # copied from the default language
    assert "campaign.welcome  changed by jane@acme.com" in cio("drift", "demo").out

    assert cio("pull", "demo", "--all").code == 0
    assert "subject: Hola" in Path(LANGUAGES).read_text()
    assert cio("plan", "demo").out.startswith("No changes.")
    assert cio("apply", "demo", "--auto-approve").code == 0
    assert edit(cio, WELCOME, f"{where}.es=") == (0, "")
    assert "welcome.email.translations.es" in cio("drift", "demo").out


def test_a_program_cannot_do_what_the_edit_does(cio: CommandLine) -> None:
    file = Path(LANGUAGES)
    text = file.read_text()
    file.write_text(
        text.replace("html}\n", "html}\n      translations: {es: {subject: Hola}}\n", 1)
    )
    plan = " ".join(cio("plan", "demo").out.split())
    assert "has no translation `es` in Customer.io" in plan


def test_the_steps_are_listed_only_for_a_place_in_the_workflow(cio: CommandLine) -> None:
    code, text = edit(cio, WELCOME, "exit.when.any[3].segment=x")
    assert (code, "Begin with the ID of a step" in text) == (64, False)
    code, text = edit(cio, PUSH, "workflow[0].if.is=x")
    assert (code, "`has_the_app`" in text, "exit_1" in text) == (64, True, False)
