"""Connections and the events that are sent to them."""

import time
from uuid import uuid4 as new_id


class ConnectionManager:
    def __init__(self) -> None:
        self.connections: dict[str, object] = {}

    async def connect(self, socket, user_id: str) -> str:
        connection_id = f"ws_{user_id[:8]}_{new_id().hex[:8]}"
        self.connections[connection_id] = socket
        return connection_id

    async def send(self, connection_id: str, payload: dict) -> None:
        event = {
            "message_id": str(new_id()),
            "sent_at": time.time(),
            "payload": payload,
        }
        await self.connections[connection_id].send_json(event)
