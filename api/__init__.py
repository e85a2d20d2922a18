"""The JSON interface: one blueprint a resource."""
