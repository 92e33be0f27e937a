"""The words that every room shares: pure values, errors, events and protocols. Standard library only."""
