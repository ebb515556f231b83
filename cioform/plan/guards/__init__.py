"""Stop a plan: blocked changes, and the guards of the settings."""
