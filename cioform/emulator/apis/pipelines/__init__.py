"""The Pipelines API."""
