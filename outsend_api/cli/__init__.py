"""The outsend command: one file a command family."""
