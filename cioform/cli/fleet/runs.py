"""The code that commands need only with --all, loaded as one module."""

from __future__ import annotations

from cioform.cli.fleet.apply_all import ReviewedPlans as ReviewedPlans
from cioform.cli.fleet.apply_all import Rollout as Rollout
from cioform.cli.fleet.fleet_run import FleetRun as FleetRun
from cioform.cli.fleet.tasks import DriftTask as DriftTask
from cioform.cli.fleet.tasks import PlanTask as PlanTask
