"""Fault drills: the real crew, a real PostgreSQL and a real Valkey, broken on purpose. `make faults` runs them."""
