"""REST endpoints: one file per docs page."""
