"""The pages of the editors' desk that need to know who reads."""
