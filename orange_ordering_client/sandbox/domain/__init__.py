"""Requests, catalog, clients, rules, clock and journal: the state of the sandbox, without any knowledge of HTTP."""
