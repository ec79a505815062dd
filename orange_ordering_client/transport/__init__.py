"""The transport of one request and its response: the only modules that use httpx and aiohttp."""
