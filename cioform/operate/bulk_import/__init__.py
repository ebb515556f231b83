"""Importing people and events from files: lines, items, batches, and a journal of how far it is."""
