"""One execution: read the workspace, carry out a plan, verify and recover."""
