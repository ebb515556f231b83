"""What `apply` is told about a saved plan, which a plan file cannot decide by itself."""

from __future__ import annotations

from cioform.core.dataclasses import dataclass
from cioform.plan.plan import OnDrift, PreferredSide


@dataclass(frozen=True, slots=True)
class Decisions:
    """What whoever applies a saved plan has decided: a plan file is no authority by itself."""

    prefer: PreferredSide | None = None
    on_drift: OnDrift = OnDrift.OVERWRITE
