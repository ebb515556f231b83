"""What Customer.io's integration page does, row by row, as commands of ours."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Run:
    """A command as the reader would type it, and the exit code it ends with."""

    line: str
    code: int = 0

    @property
    def words(self) -> list[str]:
        """What a shell makes of it."""
        return shlex.split(self.line.replace("\\\n", ""))


@dataclass(frozen=True)
class Scene:
    """One row: its title, a few sentences, and the commands that show it."""

    title: str
    words: str
    runs: tuple[Run, ...]


PREPARED: Final = (
    "cioform init acme --sandbox",
    "cioform sandbox seed acme --from content.json",
    "cioform import acme",
)
"""What has been done when the first scene begins."""

SCENES: Final[tuple[Scene, ...]] = (
    Scene(
        "Credentials and limits of the APIs",
        "The App API takes one key, the Track API a site id and a key, and the Journeys API a "
        "service account; `workspace.yaml` names the environment variables they come from "
        "([files](files.md)). The sandbox hands out its own. `rate.app` (10 requests a second) and "
        "`rate.track` (100) are settings, `--rate` lowers them for one command, and a broadcast is "
        "triggered once in 10 seconds at most.",
        (Run("cioform doctor acme"),),
    ),
    Scene(
        "Identify a customer",
        "Numbers, true and false go out as such, all else as text.",
        (
            Run(
                "cioform people identify acme u1 --attr email=jane@acme.example \\\n"
                "    --attr first_name=Jane --attr plan=trial --attr seats=3 --attr beta=true \\\n"
                "    --attr trial_ends=1773000000"
            ),
        ),
    ),
    Scene(
        "Read a customer's attributes, and their types",
        "Standard attributes are those that Customer.io knows the meaning of, computed ones it "
        "works out itself, custom ones are yours. Values keep the type they were sent with; what "
        "may be a timestamp is shown as a date, with its number.",
        (
            Run("cioform people show acme u1"),
            Run("cioform people show acme sam@acme.example --by email"),
            Run("cioform people segments acme sam"),
        ),
    ),
    Scene(
        "Track an event, and one of somebody not yet known",
        "An anonymous event becomes the person's once they are identified with the same anonymous "
        "id.",
        (
            Run("""cioform events track acme u1 purchased --data '{"price": 12.5}'"""),
            Run("cioform events track acme --anonymous a-77 viewed_pricing"),
            Run("cioform people identify acme u1 --attr anonymous_id=a-77"),
            Run("cioform people activities acme u1"),
        ),
    ),
    Scene(
        "List campaigns, and what came of them",
        "Metrics can be had in other steps and time zones, for one message (`--action`), for "
        "journeys and links, and as CSV.",
        (
            Run("cioform campaigns list acme"),
            Run("cioform campaigns metrics acme campaign.welcome --steps 7"),
            Run("cioform campaigns metrics acme campaign.welcome --links --steps 7"),
            Run("cioform campaigns metrics acme campaign.welcome --action 1002 --steps 3 --csv"),
        ),
    ),
    Scene(
        "Trigger a broadcast",
        "It says whom it goes to and asks first, unless `--yes` is said beforehand. It is followed "
        "until Customer.io is done with it.",
        (
            Run("cioform broadcasts list acme"),
            Run(
                "cioform broadcasts trigger acme 'Product news' --id u1 --id sam \\\n"
                """    --data '{"headline": "News", "text": "We have moved"}' --yes"""
            ),
            Run("cioform broadcasts show acme 'Product news'"),
        ),
    ),
    Scene(
        "Send a transactional e-mail",
        "`--dry-run` shows the request; `--watch` follows the delivery to its end. Data that the "
        "message needs and does not get is named.",
        (
            Run(
                "cioform send email acme transactional.receipt --to jane@acme.example \\\n"
                "    --identifier id=u1 --dry-run"
            ),
            Run(
                "cioform send email acme transactional.receipt --to jane@acme.example \\\n"
                "    --identifier id=u1 --watch"
            ),
            Run(
                "cioform send email acme transactional.password_reset --to jane@acme.example \\\n"
                "    --identifier id=u1 --watch",
                code=5,
            ),
            Run("cioform people messages acme u1"),
        ),
    ),
    Scene(
        "Delete a customer",
        "It asks first, unless `--yes` is said beforehand.",
        (
            Run("cioform people delete acme u1 --yes"),
            Run("cioform people show acme u1", code=5),
        ),
    ),
)

BROWSER: Final = Scene(
    "The JavaScript SDK",
    "The same page, in a browser, against `cioform sandbox serve acme`: what somebody did before "
    "the site knew them is theirs once it does ([compatibility](compatibility.md)).",
    (
        Run("cioform people show acme web-1"),
        Run("cioform people activities acme web-1"),
    ),
)
