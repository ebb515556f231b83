"""The rules of workflows: steps, translations, live data, use."""
