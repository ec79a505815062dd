"""The sandbox over HTTP: ASGI application, server, control from another process, connection faults."""
