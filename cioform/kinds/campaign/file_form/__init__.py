"""Campaigns as files have them."""
