"""How staff get into admin: password, second factor, sessions that end, and being asked again before grave acts."""
