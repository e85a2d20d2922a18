"""Reports on leads, one a module: what became of them, by source, over time, by campaign, and where bad data come from."""
