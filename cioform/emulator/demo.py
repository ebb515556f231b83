"""The workspace of the guided tour: content that is there before anybody writes a file."""

import json
from importlib import resources
from typing import Any


def demo_content() -> dict[str, Any]:
    """What `Store.seed` takes: snippets, a layout, senders, segments, messages, two campaigns."""
    text = resources.files("cioform.emulator").joinpath("seeds", "demo.json").read_text("utf-8")
    content: dict[str, Any] = json.loads(text)
    return content
