"""The chaos run: many orders, a server that fails, a client that is killed. What counts is the sandbox's journal."""
