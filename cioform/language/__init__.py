"""The sublanguages that several kinds share: conditions, workflows, messages. Pure."""
