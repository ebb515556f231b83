"""Campaigns: workflows of messages, waits and branches that people enter through a trigger."""

from cioform.kinds.campaign.kind import KIND as KIND
