"""The post: how letters leave the house, never twice, and what comes back of them."""
