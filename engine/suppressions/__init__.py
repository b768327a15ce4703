"""An account's opt-out list: addresses and domains that no row may show."""
