"""Whether the API and this client still agree: record real traffic, scrubbed, and check it later.

```python
async with OrderingClient.from_env(hooks=Recorder("exchanges").hooks) as ordering:
    ...
```

Then `python -m orange_ordering_client.contract exchanges`, or `--live` for asking the API itself. Recording needs
nothing more; checking needs the extra `orange-ordering-client[contract]`.
"""

from orange_ordering_client.contract.recorder import Recorder

__all__ = ["Recorder"]
