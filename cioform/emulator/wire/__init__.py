"""Parsing of requests (JSON, paths, encoded filters), and the errors that answer them."""
