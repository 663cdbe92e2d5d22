"""What type checkers have to understand; run by mypy --strict and basedpyright, and by the interpreter."""

from __future__ import annotations

from typing import assert_type

from unified_id import Id, LegacyKey, RunId, ThreadId, UnifiedId, UserId, WebsocketId, parse_any
from unified_id.registry import Client, Found, Trace


class Order:
    """A model."""


class OrderId(Id[Order], prefix="ordercase"):
    """The id of an order."""


class LineId(Id, prefix="linecase", scope=OrderId):
    """The id of a line of an order."""


thread = ThreadId.new()
assert_type(thread, ThreadId)
run = RunId.new(thread)
assert_type(run.thread, ThreadId | LegacyKey)
assert_type(UnifiedId.run(thread), RunId)
assert_type(RunId.parse(run), RunId)
assert_type(ThreadId.batch(2), list[ThreadId])
assert_type(RunId.batch(thread, 2), list[RunId])
assert_type(WebsocketId.new(UserId.new()).user, UserId)
assert_type(OrderId.new(), OrderId)
assert_type(LineId.new(OrderId.new()), LineId)
assert_type(run.timestamp_ms, int | None)
assert_type(parse_any(run).thread_key, str | None)


def of_model(order_id: Id[Order]) -> str:
    """Take the id of one model."""
    return order_id


text: str = of_model(OrderId.new())

with Client.embedded(system="typing") as registry:
    assert_type(registry, Client)
    assert_type(registry.register(run, metadata={"a": 1}, links={"thread": thread}), bool)
    assert_type(registry.resolve(run.uuid), Found | None)
    assert_type(registry.trace(run), Trace | None)
    assert_type([entry["id"] for entry in registry.find(kind="run")["entries"]], list[str])
