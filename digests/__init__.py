"""What is said: papers are collected, sorted and summarised into a digest that an editor approves."""
