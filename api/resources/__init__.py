"""The resources of the JSON interface, one module each."""
