"""The work of the sandbox commands, loaded as one module because it imports the emulator."""

from __future__ import annotations

from cioform.services.sandbox.editing import edit_in_sandbox as edit_in_sandbox
from cioform.services.sandbox.live_setup import allow_live_edits as allow_live_edits
from cioform.services.sandbox.live_setup import put_people_at as put_people_at
from cioform.services.sandbox.seeding import reset_sandbox as reset_sandbox
from cioform.services.sandbox.seeding import seed_sandbox as seed_sandbox
from cioform.services.sandbox.serving import serve_sandbox as serve_sandbox
