"""Shared code of the handlers: requests, routes, authentication, pagination, behavior."""
