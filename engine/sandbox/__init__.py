"""The invented internet: sites, mail servers and APIs with known truth."""
