"""Benchmarks against peers in one run. `make bench` runs them."""
