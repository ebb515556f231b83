"""The trigger of a campaign: model, types, wire form."""
