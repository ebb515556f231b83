"""Endpoints besides the APIs: tokens, OpenAPI, faults, regions, and the browser SDK."""
