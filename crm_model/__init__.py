"""The customer record: entities, their rules, who may see them; knows nothing of processes."""
