"""Notify webhooks of drift, refusals and applies."""
