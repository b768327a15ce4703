"""What the sites have installed: measuring, advertising, consent; and what only looks installed."""
