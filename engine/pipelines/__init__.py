"""Graphs of modules: normalised, validated, run job by job."""
