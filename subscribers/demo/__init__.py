"""The trial (`trial`), and the past that it has from the start (`past`)."""
