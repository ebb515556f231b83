"""Render plans, drift and outcomes. `view` decides what is shown; the others only format it."""
