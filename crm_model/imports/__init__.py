"""Imports of clients from spreadsheets: read, mapped to fields, checked row by row, applied, and undone if wished."""
