"""The rows of Customer.io's integration page, as commands of cioform."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Command:
    """A command as a person types it, and its expected exit code."""

    line: str
    code: int = 0

    @property
    def arguments(self) -> list[str]:
        """The arguments after `cioform`, as a shell splits them."""
        return shlex.split(self.line.replace("\\\n", ""))[1:]


@dataclass(frozen=True)
class Scene:
    """One row: its title, a short description and its commands."""

    title: str
    description: str
    commands: tuple[Command, ...]


SETUP: Final = (
    "cioform init acme --sandbox",
    "cioform sandbox seed acme --from content.json",
    "cioform import acme",
)
"""The commands that run before the first scene."""

SCENES: Final[tuple[Scene, ...]] = (
    Scene(
        "Credentials and limits of the APIs",
        "The App API needs a key, the Track API a site ID and a key, and the Journeys API a "
        "service account. `workspace.yaml` names the environment variables that contain them "
        "([files](files.md)). The sandbox has its own credentials. The settings `rate.app` (10 "
        "requests a second) and `rate.track` (100) limit the rate, and `--rate` lowers them for "
        "one command. A broadcast can be triggered at most once in 10 seconds.",
        (Command("cioform doctor acme"),),
    ),
    Scene(
        "Identify a customer",
        "Numbers, `true` and `false` keep their type; any other value is sent as text.",
        (
            Command(
                "cioform people identify acme u1 --attr email=jane@acme.example \\\n"
                "    --attr first_name=Jane --attr plan=trial --attr seats=3 --attr beta=true \\\n"
                "    --attr trial_ends=1773000000"
            ),
        ),
    ),
    Scene(
        "Read a customer's attributes, and their types",
        "Customer.io defines the standard attributes and calculates the computed ones; custom "
        "attributes are yours. Values keep the type they were sent with. A number that can be a "
        "timestamp is shown as a date followed by the number.",
        (
            Command("cioform people show acme u1"),
            Command("cioform people show acme sam@acme.example --by email"),
            Command("cioform people segments acme sam"),
        ),
    ),
    Scene(
        "Track an event of a known and of an anonymous person",
        "Anonymous events are assigned to a person when that person is identified with the same "
        "`anonymous_id`.",
        (
            Command("""cioform events track acme u1 purchased --data '{"price": 12.5}'"""),
            Command("cioform events track acme --anonymous a-77 viewed_pricing"),
            Command("cioform people identify acme u1 --attr anonymous_id=a-77"),
            Command("cioform people activities acme u1"),
        ),
    ),
    Scene(
        "List campaigns and their metrics",
        "Metrics are available for other periods and time zones, for one message (`--action`), "
        "for journeys and links, and as CSV.",
        (
            Command("cioform campaigns list acme"),
            Command("cioform campaigns metrics acme campaign.welcome --steps 7"),
            Command("cioform campaigns metrics acme campaign.welcome --links --steps 7"),
            Command(
                "cioform campaigns metrics acme campaign.welcome --action 1002 --steps 3 --csv"
            ),
        ),
    ),
    Scene(
        "Trigger a broadcast",
        "The command shows the audience and asks for confirmation, unless `--yes` is given. Then "
        "it waits until Customer.io has processed the trigger.",
        (
            Command("cioform broadcasts list acme"),
            Command(
                "cioform broadcasts trigger acme 'Product news' --id u1 --id sam \\\n"
                """    --data '{"headline": "News", "text": "We have moved"}' --yes"""
            ),
            Command("cioform broadcasts show acme 'Product news'"),
        ),
    ),
    Scene(
        "Send a transactional email",
        "`--dry-run` shows the request, and `--watch` follows the delivery until it is delivered "
        "or has failed. Nothing is sent if data is missing that the message needs.",
        (
            Command(
                "cioform send email acme transactional.receipt --to jane@acme.example \\\n"
                "    --identifier id=u1 --dry-run"
            ),
            Command(
                "cioform send email acme transactional.receipt --to jane@acme.example \\\n"
                "    --identifier id=u1 --watch"
            ),
            Command(
                "cioform send email acme transactional.password_reset --to jane@acme.example \\\n"
                "    --identifier id=u1 --watch",
                code=3,
            ),
            Command("cioform people messages acme u1"),
        ),
    ),
    Scene(
        "Delete a customer",
        "The command asks for confirmation, unless `--yes` is given.",
        (
            Command("cioform people delete acme u1 --yes"),
            Command("cioform people show acme u1", code=5),
        ),
    ),
)

BROWSER: Final = Scene(
    "The JavaScript SDK",
    "This script runs on a page in a browser, with `cioform sandbox serve acme`. The events "
    "before `identify` are assigned to the identified person ([compatibility](compatibility.md)).",
    (
        Command("cioform people show acme web-1"),
        Command("cioform people activities acme web-1"),
    ),
)
