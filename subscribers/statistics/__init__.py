"""What an editor sees over time, and what a monitor asks: counts that the clock keeps (`counting`), so that nobody counts
millions of rows to look at a page."""
