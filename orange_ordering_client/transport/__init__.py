"""One request and its response, whatever carries it: the only modules that know httpx and aiohttp."""
