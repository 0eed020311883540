"""The archive: what anyone may read of approved digests, one door to a file. Pages are made from the frozen content."""
