"""Models on the user's own key, and hard spend caps."""
