"""One HTTP exchange, whatever carries it: the only rooms that know httpx, aiohttp and orjson."""
