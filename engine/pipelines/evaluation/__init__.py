"""How well a model turns descriptions into pipelines: descriptions, what is expected of each, and the score."""
