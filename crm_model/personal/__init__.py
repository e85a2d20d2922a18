"""A person's data by the law on personal data: everything known about them, and erasing it for good with a protocol."""
