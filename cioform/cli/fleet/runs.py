"""What commands need only with --all, loaded as one module."""

from __future__ import annotations

from cioform.cli.fleet.apply_all import ReviewedPlans as ReviewedPlans
from cioform.cli.fleet.apply_all import Rollout as Rollout
from cioform.cli.fleet.questions import DriftQuestion as DriftQuestion
from cioform.cli.fleet.questions import PlanQuestion as PlanQuestion
from cioform.cli.fleet.survey import Survey as Survey
