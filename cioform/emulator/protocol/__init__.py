"""What handlers of every API share: request, route, authentication, pagination, switches."""
