"""Settings of a workspace that other layers use: guards, rates, apply window, owners."""
