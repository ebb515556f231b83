"""Decisions about a saved plan when it is applied; a plan file cannot contain them."""

from __future__ import annotations

from cioform.core.dataclasses import dataclass
from cioform.plan.plan import OnDrift, PreferredSide


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the person who applies a saved plan has decided: a plan file is no authority."""

    prefer: PreferredSide | None = None
    on_drift: OnDrift = OnDrift.OVERWRITE
