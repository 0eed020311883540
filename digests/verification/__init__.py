"""The rules that check claims. Pure: texts and abstracts in, findings out; `digests.verify` is the door."""
