"""Shared state in one object of S3, Google Cloud Storage or Azure."""
