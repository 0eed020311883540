"""Which of the papers seen go into the day's digest, and why."""
