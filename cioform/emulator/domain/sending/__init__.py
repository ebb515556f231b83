"""Render and send messages, and report their deliveries."""
