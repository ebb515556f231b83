"""How many examples the property tests of pure code try."""

from __future__ import annotations

import os
from typing import Final

EXAMPLES: Final = int(os.environ.get("CIOFORM_EXAMPLES", "50"))
"""`.ci/nightly` sets CIOFORM_EXAMPLES=10000."""
