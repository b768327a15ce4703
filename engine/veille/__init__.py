"""Veilles: a scrape or a pipeline that runs again on a schedule, and what changed since the time before."""
