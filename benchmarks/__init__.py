"""How fast the engine keeps its word, as ratios to a floor that runs beside it on the same PostgreSQL."""
