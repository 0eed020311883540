"""From the sources to papers in the database, and what kind of day it was."""
