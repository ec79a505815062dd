"""A web application over the API: uvicorn web_app:app

One client for the whole application, made and closed with it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException

from orange_ordering_client import (
    InvalidOrder,
    NewRequest,
    NotFound,
    OrderingClient,
    OutcomeUnknown,
    ReferenceConflict,
)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with OrderingClient.from_env(timeout=20) as app.state.ordering:
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/requests")
async def recent(limit: int = 20) -> list[dict[str, Any]]:
    page = await app.state.ordering.requests.list(sort="-createdAt", limit=limit)
    return [request.to_dict() for request in page]


@app.get("/requests/{request_id}")
async def one(request_id: str) -> dict[str, Any]:
    try:
        return (await app.state.ordering.requests.get(request_id)).to_dict()
    except NotFound:
        raise HTTPException(404, f"There is no request {request_id}.") from None


@app.post("/requests")
async def place(order: dict[str, Any]) -> dict[str, Any]:
    """Send the same order again whenever the answer did not come: it is placed once."""
    try:
        placed = await app.state.ordering.requests.submit(NewRequest.from_dict(order))
    except InvalidOrder as error:
        raise HTTPException(422, [str(violation) for violation in error.violations]) from error
    except ReferenceConflict as error:
        raise HTTPException(409, str(error)) from error
    except OutcomeUnknown as error:
        raise HTTPException(504, f"{error} Send the same order again in a minute.") from error
    return {"id": placed.request.id, "already_there": placed.already_there}
