"""Letters of clients: read from the mailbox, understood, and sorted to leads and contacts."""
