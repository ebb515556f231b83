"""Settings of a workspace that more than its files need: guards, rates, apply window, owners."""
