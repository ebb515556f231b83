"""Campaign: messages that people get one after the other once something brought them in."""

from cioform.kinds.campaign.kind import KIND as KIND
