"""Campaigns as they run: lists, messages, metrics."""
