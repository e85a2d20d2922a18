"""The HTML interface: one blueprint a screen."""
