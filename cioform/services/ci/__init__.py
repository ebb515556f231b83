"""What CI jobs do: plan, apply, look for drift, and report to GitHub."""
