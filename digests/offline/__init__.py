"""The writer and the classifier that need no model, no network and no download."""
