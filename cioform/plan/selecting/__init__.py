"""The part of a workspace that a plan is limited to."""
