"""An Ordering API in memory, for tests: the extra `orange-ordering-client[sandbox]`.

```python
sandbox = Sandbox(seed=1)
sandbox.faults.add("POST /requests:drop-after:0.1")
with sandbox.serve_in_thread() as url:
    os.environ.update(sandbox.environment(url))
    ...
assert not sandbox.journal.duplicates()
```
"""

from __future__ import annotations

try:
    from orange_ordering_client.sandbox.core import Sandbox
except ModuleNotFoundError as error:  # pragma: no cover  # needs an environment without the extra
    raise ModuleNotFoundError(
        f"The sandbox needs {error.name}: pip install 'orange-ordering-client[sandbox]'.", name=error.name
    ) from error

from orange_ordering_client.sandbox.access import Client
from orange_ordering_client.sandbox.app import App, ConnectionDropped
from orange_ordering_client.sandbox.faults import Fault
from orange_ordering_client.sandbox.limits import RateLimit
from orange_ordering_client.sandbox.rules import ServicePoint

__all__ = ["App", "Client", "ConnectionDropped", "Fault", "RateLimit", "Sandbox", "ServicePoint"]
