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
    from orange_ordering_client.sandbox.sandbox import Sandbox
except ModuleNotFoundError as error:  # pragma: no cover  # needs an environment without the extra
    raise ModuleNotFoundError(
        f"The sandbox needs {error.name}: pip install 'orange-ordering-client[sandbox]'.", name=error.name
    ) from error

from orange_ordering_client.sandbox.api.limits import RateLimit
from orange_ordering_client.sandbox.domain.clients import Client
from orange_ordering_client.sandbox.domain.rules import ServicePoint
from orange_ordering_client.sandbox.faults.fault import Fault
from orange_ordering_client.sandbox.http.app import App
from orange_ordering_client.sandbox.http.connection import ConnectionDropped

__all__ = ["App", "Client", "ConnectionDropped", "Fault", "RateLimit", "Sandbox", "ServicePoint"]
