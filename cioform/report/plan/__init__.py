"""Render plans, drift and outcomes: views decide what is shown, renderers only format it."""
