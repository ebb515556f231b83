"""Plan, apply and look for drift in the workspaces of a CI job."""
