"""What a client of the older revision has not heard yet when its stream is closed, so that it hears it on the next."""

from mcp.server.streamable_http import EventCallback, EventId, EventMessage, EventStore, StreamId
from mcp_types import JSONRPCMessage


class Events(EventStore):
    """Kept in this process, for the time of a test. An event's id is its place in the list."""

    def __init__(self) -> None:
        self._events: list[tuple[StreamId, JSONRPCMessage | None]] = []

    async def store_event(self, stream_id: StreamId, message: JSONRPCMessage | None) -> EventId:
        self._events.append((stream_id, message))
        return str(len(self._events) - 1)

    async def replay_events_after(self, last_event_id: EventId, send_callback: EventCallback) -> StreamId | None:
        heard = int(last_event_id)
        stream_id = self._events[heard][0]
        for place, (stream, message) in enumerate(self._events[heard + 1 :], heard + 1):
            if stream == stream_id and message is not None:
                await send_callback(EventMessage(message, str(place)))
        return stream_id
