"""Checks that the API and this client agree: records real traffic, without secrets and person data, and checks it.

```python
async with OrderingClient.from_env(hooks=Recorder("exchanges").hooks) as ordering:
    ...
```

Then `python -m orange_ordering_client.contract exchanges` checks the files; with `--live` it calls the API itself.
Recording needs no extra; checking needs `orange-ordering-client[contract]`.
"""

from orange_ordering_client.contract.recorder import Recorder

__all__ = ["Recorder"]
