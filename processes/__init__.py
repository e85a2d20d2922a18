"""Use cases, where the customer record and the engine meet; the shipped diagrams and the operations they may call."""
