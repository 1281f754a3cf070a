"""The whole way, through the local stack: one for all of these tests, gone with the last of them."""
