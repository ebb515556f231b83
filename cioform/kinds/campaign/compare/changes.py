"""The code for a live campaign that differs from its file, loaded as one module."""

from __future__ import annotations

from cioform.kinds.campaign.compare.describe_changes import changed_steps as changed_steps
from cioform.kinds.campaign.compare.describe_changes import (
    describe_changes as describe_changes,
)
from cioform.kinds.campaign.compare.describe_changes import replacement_reason as replacement_reason
from cioform.kinds.campaign.compare.notation import (
    rewrite_attributes_like as rewrite_attributes_like,
)
