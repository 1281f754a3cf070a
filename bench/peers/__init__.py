"""Other readers of the same facts, to compare with. Test tools: nothing that ships imports them."""
