"""What CI jobs do: plan, apply, look for drift, and tell the forge."""
