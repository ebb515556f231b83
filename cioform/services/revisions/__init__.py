"""Which commit a run comes from, and the settings of the commit that a pull request starts from."""
