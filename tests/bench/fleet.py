"""Drift of many workspaces side by side, in a project of its own with one served sandbox.

python -m tests.bench.fleet FOLDER NUMBER SIZE writes the project.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from cioform.emulator.store.database import Store
from tests.bench.measure import cost_of
from tests.bench.project import fill, write_project
from tests.bench.sandbox import served

_SETTINGS = """\
format: 1
endpoint: {{app: '{url}', journeys: '{url}', track: '{url}'}}
workspace_id: {number}
credentials:
  app_api_key: ${{env.CUSTOMERIO_{name}_APP}}
  service_account_token: ${{env.CUSTOMERIO_{name}_TOKEN}}
"""


@dataclass(frozen=True, slots=True)
class FleetCost:
    """The seconds of the slowest workspace alone and of all, and the cost of all."""

    alone: float
    together: float
    cpu: float
    memory: float
    """Megabytes."""


def write_fleet(root: Path, number: int, size: int) -> list[str]:
    """Write the workspaces, create their resources in the sandbox, and return their names."""
    names = [f"ws_{each:03}" for each in range(1, number + 1)]
    (root / ".cioform").mkdir(parents=True)
    store = Store.open(root / ".cioform" / "sandbox.sqlite")
    for name in names:
        write_project(root, size, name)
        fill(root, store, name)
    keys = {name: store.workspace(name) for name in names}
    (root / "keys.json").write_text(
        json.dumps(
            {
                name: {
                    "id": each.environment_id,
                    "app": each.credentials.app_api_key,
                    "token": each.credentials.service_account_token,
                }
                for name, each in keys.items()
            }
        )
    )
    store.close()
    return names


def use_served(root: Path, url: str) -> dict[str, str]:
    """Write settings for a served sandbox, and return the environment with the credentials."""
    environment: dict[str, str] = {}
    for name, keys in json.loads((root / "keys.json").read_text()).items():
        text = _SETTINGS.format(url=url, number=keys["id"], name=name.upper())
        (root / "workspaces" / name / "workspace.yaml").write_text(text)
        environment[f"CUSTOMERIO_{name.upper()}_APP"] = keys["app"]
        environment[f"CUSTOMERIO_{name.upper()}_TOKEN"] = keys["token"]
    return environment


def fleet_cost(root: Path, cioform: list[str], sampled: int = 3) -> FleetCost:
    """Return the cost of drift in a project that `write_fleet` has written.

    The workspaces have the same size, so that the slowest of a few stands for the slowest.
    """
    names = sorted(each.name for each in (root / "workspaces").iterdir())
    with served([*cioform, "sandbox", "serve", names[0], "--json"], str(root)) as info:
        environment = {**use_served(root, info["app"]), "PYTHONDONTWRITEBYTECODE": ""}
        project = f"--project={root}"
        alone = [
            cost_of([*cioform, "drift", name, project], environment, 1) for name in names[:sampled]
        ]
        together = cost_of([*cioform, "drift", "--all", project], environment, 1)
    return FleetCost(max(each.wall for each in alone), together.wall, together.cpu, together.memory)


if __name__ == "__main__":
    write_fleet(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
