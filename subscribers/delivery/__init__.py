"""One digest to each subscriber, once: the ledger, when to send, what to send, how it went."""
