"""The interface of kinds to the remote: requests, endpoints, capabilities."""
