"""The invented web sites: what each shows, how it looks, and those that are broken."""
