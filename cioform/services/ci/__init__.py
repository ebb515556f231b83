"""The work of CI jobs: plan, apply, find drift, and report to GitHub."""
