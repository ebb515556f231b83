"""What the handlers of all APIs share: requests, routes, authentication, pagination, behavior."""
