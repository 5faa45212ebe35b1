"""What was said in calls: written sealed while it is said, opened by the player alone."""
