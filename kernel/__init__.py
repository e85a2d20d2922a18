"""What belongs to every room: base and transaction, errors, actor and clock, permissions, translations, paging."""
