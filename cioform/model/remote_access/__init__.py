"""What a kind may ask of the remote: requests, endpoints, capabilities."""
