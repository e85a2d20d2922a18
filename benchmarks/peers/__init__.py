"""Other engines that do the same work on the same PostgreSQL in the same run."""
