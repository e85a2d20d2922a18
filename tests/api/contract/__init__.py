"""The interface as its contract has it: every route, every role, the document of itself."""
