"""Who changed what: the audit log and the runs of cioform."""
