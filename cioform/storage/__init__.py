"""Write files that must survive a crash: atomic replacement, append-only journals, locks."""
