"""The state of a workspace (bindings and what was last applied), and the journals of runs."""
