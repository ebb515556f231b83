"""A store knows the types of all handlers, also those of handlers that nothing has used yet."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = """
from pathlib import Path
from cioform.services.connections.sandbox import open_sandbox_store
store = open_sandbox_store(Path({root!r}))
store.seed("acme", {{"tags": [{{"id": 1, "name": "vip"}}]}})
print([tag["name"] for tag in store.dump("acme")["tags"]])
"""


def test_a_sandbox_that_was_just_opened_holds_what_a_handler_defines(tmp_path: Path) -> None:
    code = CODE.format(root=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("['vip']", "")
