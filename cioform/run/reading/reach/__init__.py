"""Count the people whom a plan reaches."""
