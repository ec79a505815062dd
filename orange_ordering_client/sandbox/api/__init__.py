"""The Ordering API as documented: one call in, one reply out, without sockets and without faults."""
