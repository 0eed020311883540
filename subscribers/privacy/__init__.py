"""What the page on privacy tells, read off the settings and periods that the product goes by, so that it cannot grow old."""
