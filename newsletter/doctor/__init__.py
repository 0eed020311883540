"""What an operator asks the machine: is everything in order, and if not, what is to be done?

Each app adds its examiners when it starts, so that the ground need not know what stands on it.
"""
