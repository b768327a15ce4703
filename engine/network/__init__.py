"""The one gateway to the outside world, and its guard."""
