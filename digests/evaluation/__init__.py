"""Measures the built-in classifier, the checks and the built-in writer on papers that people labelled."""
