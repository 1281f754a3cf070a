"""Files with every stored and public format. No change may alter them."""
