"""The in-app assistant: a model, the tools, and confirmation before spending."""
