"""The lower bound of an import: a plain loop that sends the same batches."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import httpx

LIMIT = 500_000
"""The maximum size of a batch in bytes (app facts, section 2)."""


def main() -> None:
    """Send the events of an NDJSON file to the sandbox described by the first argument."""
    sandbox = json.loads(sys.argv[1])
    path = f"{sandbox['track']}/api/v2/batch"
    with httpx.Client(auth=(sandbox["site_id"], sandbox["track_api_key"]), timeout=60) as client:
        for batch in _batches(sys.argv[2]):
            client.post(path, content=batch).raise_for_status()


def _batches(file: str):
    items: list[str] = []
    size = 0
    with Path(file).open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            event = json.loads(line)
            item = json.dumps(
                {
                    "type": "person",
                    "action": "event",
                    "identifiers": {"id": event["id"]},
                    "name": event["name"],
                    # As in an import: the id makes a repeated event count once.
                    "id": f"{number:026d}",
                    "attributes": event["data"],
                }
            )
            if size + len(item) + 20 > LIMIT:
                yield '{"batch":[' + ",".join(items) + "]}"
                items, size = [], 0
            items.append(item)
            size += len(item) + 1
    yield '{"batch":[' + ",".join(items) + "]}"


if __name__ == "__main__":
    main()
