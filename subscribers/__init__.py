"""Who hears it, and what each person was sent."""
