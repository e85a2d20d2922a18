"""Checks that what a form refers to exists and is visible to whoever fills it in."""
