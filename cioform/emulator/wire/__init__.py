"""Parsing of requests (JSON, paths, encoded filters), and error responses."""
