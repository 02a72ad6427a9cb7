"""Simulate a browser tab: exchange Streamlit's messages, and keep the page's content."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, NamedTuple

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

__all__ = ["Page", "Tab"]

PROTOCOL = ["streamlit", "PLACEHOLDER_AUTH_TOKEN"]
"""The subprotocols that the page's own script sends; a session id to resume may follow."""

PATIENCE = 30  # the most seconds to wait for a page

KEPT_RUNS = 2
"""The number of runs for which a browser caches large messages, so that the server sends hashes."""


class Page(NamedTuple):
    """The content of the page after a run.

    Attributes:
        seconds: the time from the edit to the last message.
        elements: the elements by position, as sent in the run.
        bytes: the size of all messages.
    """

    seconds: float
    elements: dict[tuple[int, ...], Element]
    bytes: int

    def all(self, kind: str) -> list[Any]:
        """Return the elements of a kind, in page order."""
        places = sorted(self.elements)
        found = [self.elements[place] for place in places]
        return [getattr(one, kind) for one in found if one.WhichOneof("type") == kind]

    @property
    def errors(self) -> list[str]:
        """The errors and exceptions on the page."""
        told = [alert.body for alert in self.all("alert") if alert.format == Alert.ERROR]
        return told + [f"{one.type}: {one.message}" for one in self.all("exception")]

    def figure(self) -> str:
        """Return the SVG of the figure."""
        svg: str = self.component("figure")[1]["svg"]
        return svg

    def component(self, key: str) -> tuple[str, dict[str, Any]]:
        """Return the id and data of one of the page's own components."""
        (one,) = [one for one in self.all("bidi_component") if _key(one.id) == key]
        return one.id, json.loads(one.json)


@dataclass
class Tab:
    """A connection to the page, and the state that a browser keeps.

    Attributes:
        address: the query of the page's address.
        session: the server's id of this session.
        states: the value of each control, by id.
        controls: each control as last sent, by key.
        form: the id of the spec's form, and the state of its script.
    """

    port: int
    address: str = ""
    session: str = ""
    states: dict[str, WidgetState] = field(default_factory=dict)
    controls: dict[str, Any] = field(default_factory=dict)
    form: tuple[str, dict[str, Any]] = ("", {})
    _kept: dict[str, tuple[Element, int]] = field(default_factory=dict)
    _runs: int = 0
    _socket: ClientConnection | None = None

    async def open(self) -> Page:
        """Open the page; after a connection lost during a run, reconnect and request a run."""
        await self.connect()
        return await self.run()

    async def connect(self) -> None:
        """Connect, or reconnect to the former session.

        A browser with a complete page requests no run after reconnecting.
        """
        protocol = [*PROTOCOL, self.session] if self.session else PROTOCOL
        self._socket = await connect(
            f"ws://localhost:{self.port}/_stcore/stream",
            subprotocols=protocol,
            max_size=None,
            compression=None,
            open_timeout=60,
        )

    async def leave(self) -> None:
        """Close the tab."""
        if self._socket is not None:
            await self._socket.close()

    def cut(self) -> None:
        """Drop the connection, as a closed laptop does."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def __aenter__(self) -> Tab:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.leave()

    def edit(self, key: str, value: object) -> None:
        """Set the value of a control; `send` sends it to the server."""
        control = self.controls[key]
        self.states[control.id] = _state(control.id, _FIELD[type(control).__name__], value)

    def type(self, place: str, value: object) -> None:
        """Set a field of the form, such as `stages[0].blocks`; `send` sends it to the server."""
        _, data = self.form
        *path, name = re.split(r"\[|\]?\.", place)
        part = data["values"]
        for step in path:
            part = part[int(step) if step.isdecimal() else step]
        part[name] = value
        data["revision"] += 1
        self.say({name: data[name] for name in ("values", "revision", "filling")})

    def say(self, edited: object) -> None:
        """Set any message of the form as its edit; `send` sends it to the server."""
        state = WidgetState(id=_EVENTS.format(self.form[0]))
        state.json_trigger_value = json.dumps([{"event": "edited", "value": edited}])
        self.states[state.id] = state

    async def send(self) -> None:
        """Ask the server to run the script with the values of the controls."""
        message = BackMsg()
        message.rerun_script.query_string = self.address
        message.rerun_script.widget_states.widgets.extend(self.states.values())
        self.states.pop(_EVENTS.format(self.form[0]), None)  # an event is sent once
        message.rerun_script.cached_message_hashes.extend(self._kept)
        await self._socket.send(message.SerializeToString())

    async def run(self) -> Page:
        """Run the script, and return the complete page."""
        begin = time.perf_counter()
        await self.send()
        return await self.page(begin)

    async def page(self, begin: float) -> Page:
        """Return the page after a run has ended successfully.

        Raises:
            TimeoutError: the run does not end.
        """
        async with asyncio.timeout(PATIENCE):
            return await self._page(begin)

    async def _page(self, begin: float) -> Page:
        elements: dict[tuple[int, ...], Element] = {}
        size, begun, ended = 0, False, False
        async for data in self._socket:
            size += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session = message.new_session.initialize.session_id
                elements, begun, ended = {}, True, False
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                elements[tuple(message.metadata.delta_path)] = element
                if message.metadata.cacheable:
                    self._kept[message.hash] = element, self._runs
            elif kind == "ref_hash":
                element, _ = self._kept[message.ref_hash]
                self._kept[message.ref_hash] = element, self._runs
                elements[tuple(message.metadata.delta_path)] = element
            elif kind == "page_info_changed":
                self.address = message.page_info_changed.query_string
            elif kind == "script_finished":
                ended = message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            elif kind == "session_status_changed":
                # after a reconnection, only the end of an earlier run may arrive
                over = begun and ended and not message.session_status_changed.script_is_running
                if over:
                    break
        else:
            raise ConnectionError("the server closed the connection")
        seconds = time.perf_counter() - begin
        self._remember(elements)
        page = Page(seconds, elements, size)
        self.form = page.component("form")
        return page

    def _remember(self, elements: dict[tuple[int, ...], Element]) -> None:
        """Update the state as the page's script does: drop removed controls, store set values."""
        self._runs += 1
        self._kept = {
            key: kept for key, kept in self._kept.items() if self._runs - kept[1] <= KEPT_RUNS
        }
        self.controls = {}
        states = {}
        for element in elements.values():
            control = getattr(element, element.WhichOneof("type"))
            name = type(control).__name__
            if name not in _FIELD:
                continue
            self.controls[_key(control.id)] = control
            now = self.states.get(control.id)
            if control.set_value or now is None:
                now = _state(control.id, _FIELD[name], _held(control, name))
            states[control.id] = now
        self.states = states


_FIELD = {
    "Selectbox": "string_value",
    "MultiSelect": "string_array_value",
    "ButtonGroup": "string_array_value",
    "Checkbox": "bool_value",
}
"""The field of a message that has the value of each kind of control."""

_EVENTS = "$$STREAMLIT_INTERNAL_KEY_{}__events"
"""The id under which a component's events are sent to the server."""


def _key(id: str) -> str:
    """Return a control's key, without the number of the filling."""
    return id.split("-", 2)[-1].partition("/")[0]


def _state(id: str, kind: str, value: object) -> WidgetState:
    state = WidgetState(id=id)
    if kind == "string_array_value":
        state.string_array_value.data.extend(value)
        state.string_array_value.SetInParent()
    elif value is not None:
        setattr(state, kind, value)
    return state


def _held(control: Any, name: str) -> object:
    """Return the value of a control that is untouched or was set by the server."""
    if name in ("MultiSelect", "ButtonGroup"):
        if control.set_value:
            return list(control.raw_values)
        options = [getattr(option, "content", option) for option in control.options]
        return [options[i] for i in control.default]
    if name == "Selectbox":
        if control.set_value:
            return control.raw_value
        return control.options[control.default] if control.HasField("default") else None
    return control.value if control.set_value else control.default
