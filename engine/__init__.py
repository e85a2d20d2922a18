"""The process runtime: it decides what happens next and keeps its word in the caller's transaction."""
