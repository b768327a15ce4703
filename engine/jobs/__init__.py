"""Durable jobs: how one is stored, started, run, stopped and finished."""
