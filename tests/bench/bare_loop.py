"""The bound of an import: the same batches, sent by a loop that does nothing else."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import httpx

LIMIT = 500_000
"""Bytes of a batch that Customer.io takes (app facts, section 2)."""


def main() -> None:
    """Send the events of an NDJSON file to the sandbox whose description is the first argument."""
    place = json.loads(sys.argv[1])
    path = f"{place['track']}/api/v2/batch"
    with httpx.Client(auth=(place["site_id"], place["track_api_key"]), timeout=60) as client:
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
                    # As an import does, so that an event counts once however often it is sent.
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
