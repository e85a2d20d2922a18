"""What the customer record does when a process takes a step."""
