"""From abstracts to a section's five parts in each language, by a model or by the built-in writer."""
