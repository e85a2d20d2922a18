"""Two records of one client or person made one: what was chosen, everything that referred to the other one, and undoing."""
