"""Code that is needed only if a campaign differs, loaded as one module."""

from __future__ import annotations

from cioform.kinds.campaign.compare.describe_changes import changed_steps as changed_steps
from cioform.kinds.campaign.compare.describe_changes import (
    describe_changes as describe_changes,
)
from cioform.kinds.campaign.compare.describe_changes import replacement_reason as replacement_reason
from cioform.kinds.campaign.compare.notation import (
    rewrite_attributes_like as rewrite_attributes_like,
)
from cioform.kinds.campaign.compare.step_moves import former_ids as former_ids
from cioform.kinds.campaign.compare.step_moves import rename_steps_of as rename_steps_of
from cioform.kinds.campaign.compare.step_moves import use_live_former_names as use_live_former_names
from cioform.kinds.campaign.compare.step_pairs import pair_steps_of as pair_steps_of
