"""The members of manual segments."""
