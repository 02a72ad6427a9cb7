"""Keep the state of a visitor's page; no other module has state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from secrets import token_hex

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_viz.answers.identify import Identification
from resnet_viz.app.address import read_link, to_link
from resnet_viz.app.answers import Traced, check
from resnet_viz.app.budget import Budget, Setting
from resnet_viz.app.form_fields import Typed, form_values, parse_form
from resnet_viz.app.history import History
from resnet_viz.app.screen import fitted
from resnet_viz.app.state import FIRST, Config, Look
from resnet_viz.errors import RequestError
from resnet_viz.spec import ResNetSpec
from resnet_viz.spec.files import read
from resnet_viz.zoo import entries, find

__all__ = ["Session", "current", "publish"]

MAX_LISTED = 200


@dataclass
class Session:
    """One visitor's page.

    Attributes:
        config: the shown state, the last legal one.
        typed: the values of the form, legal or not.
        revision: the number of the browser's last edit in `typed`.
        wrong: the error in the typed values.
        name: the name of this session, which differs from earlier ones of the same browser.
        generation: the number of times that the page was filled anew; part of its fields' keys.
        fillings: the number of times that the form was filled anew.
        listed: the values of the lists of networks, by key.
        history: the networks for undo and redo.
        address: the values of the page's address, as last read or written.
        outdated: the values that the browser still had when the address was last written.
        problem: the error in the visitor's last input.
        identified: the networks that fit the visitor's checkpoint.
        traced: the visitor's own graph, which is shown instead of the network.
        searched: the network and the budget of the requested exact search.
        fronted: the network of the requested Pareto front.
    """

    config: Config
    typed: Typed
    revision: int = 0
    wrong: RequestError | None = None
    name: str = field(default_factory=lambda: token_hex(8))
    generation: int = 0
    fillings: int = 0
    listed: dict[str, str | None] = field(default_factory=dict)
    history: History = field(default_factory=History)
    address: Mapping[str, str] = field(default_factory=dict)
    outdated: Mapping[str, str] | None = None
    problem: RequestError | None = None
    identified: Identification | None = None
    traced: Traced | None = None
    searched: tuple[ResNetSpec, Budget, Setting] | None = None
    fronted: ResNetSpec | None = None

    def key(self, name: str) -> str:
        """Return the key of a field, which changes when the page is filled anew."""
        return f"{name}/{self.generation}"

    @property
    def filling(self) -> dict[str, object]:
        """The id of the current filling of the fields; an edit of an earlier one is ignored."""
        return {"session": self.name, "number": self.fillings}

    def open(self, spec: ResNetSpec) -> None:
        """Show another network.

        Raises:
            RequestError: the network is not legal.
        """
        self.fill(self.config._replace(spec=check(spec), opened=""))
        self.problem = None

    def fill(self, config: Config) -> None:
        """Show a state, and fill the fields with it."""
        self.history.step(self.config.spec, config.spec)
        self.config = config
        self.traced = None
        self.typed = form_values(config.spec)
        self.wrong = None
        self.generation += 1
        self.fillings += 1

    def note(self, key: str, value: str | None) -> bool:
        """Record the value of a list, and return whether it is new.

        Streamlit also reports a choice when a browser repeats the value of a list that no longer
        exists.
        """
        is_news = key not in self.listed or self.listed[key] != value
        self.listed[key] = value
        if len(self.listed) > MAX_LISTED:
            del self.listed[next(iter(self.listed))]
        return is_news

    def type(self, typed: Typed, revision: int, gesture: object = None) -> None:
        """Apply the typed values: show their network, or record the error.

        Args:
            typed: the values of the form.
            revision: the number of the edit, counted by the browser.
            gesture: the gesture of the edit; undo reverts a whole gesture.
        """
        self.typed, self.revision, self.wrong = typed, revision, None
        try:
            spec = check(_rename(read(parse_form(typed))))
        except RequestError as error:
            self.wrong = error
        else:
            self.edit(self.config._replace(spec=spec), gesture)

    def edit(self, config: Config, gesture: object = None) -> None:
        """Show the state in the fields; a new network clears messages about the former one."""
        if config.spec != self.config.spec:
            self.problem = self.traced = None
        self.history.step(self.config.spec, config.spec, gesture)
        self.config = config

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self.history.past or self.wrong)

    def undo(self) -> None:
        """Undo: discard wrong input, or else return to the previous network."""
        if self.wrong:
            self.fill(self.config)
        elif self.history.past:
            self.fill(self.config._replace(spec=self.history.past[-1]))

    def redo(self) -> None:
        """Redo the last undone step."""
        if self.history.future:
            self.fill(self.config._replace(spec=self.history.future[-1]))

    def follow(self, address: Mapping[str, str]) -> None:
        """Show the state in the page's address, and record the first error in it."""
        config, problems = read_link(address)
        for name in ("spec", "pinned", "others"):
            value = getattr(config, name)
            try:
                for spec in value if name == "others" else (value,):
                    if spec is not None:
                        check(spec)
            except RequestError as error:
                problems.append(error)
                config = config._replace(**{name: getattr(self.config, name)})
        if config.spec != self.config.spec:
            self.fill(config)
        elif config != self.config:  # the typed values stay
            self.config = config
            self.generation += 1
        self.problem = problems[0] if problems else None
        self.address = to_link(self.config)  # an equivalent address is not rewritten

    @property
    def look(self) -> Look:
        """The look of the figure: dark on a dark page."""
        look = self.config.look
        is_dark = st.context.theme.type == "dark"
        return look if look.theme or not is_dark else look._replace(theme="dark")

    @property
    def shown(self) -> Config:
        """The shown state, with the look that fits this visitor's screen."""
        return self.config._replace(look=fitted(self.look, is_phone()))

    @property
    def base(self) -> str | None:
        """The name of the zoo network from which this one was edited."""
        name = self.config.spec.name.removesuffix(_EDITED)
        return name if name in entries() and name != self.config.spec.name else None


_EDITED = "-edited"


def _rename(spec: ResNetSpec) -> ResNetSpec:
    """Return a network, renamed if its name belongs to another one, as an edited ResNet-50's.

    >>> _rename(replace(find("resnet50"), bias=True)).name
    'resnet50-edited'
    """
    name = spec.name.removesuffix(_EDITED)
    entry = entries().get(name)
    if entry is None:
        return spec
    original = replace(spec, name=name)
    return original if original == entry.spec else replace(spec, name=name + _EDITED)


def current() -> Session:
    """Return the visitor's session, after reading the page's address if needed.

    The address is read only when the visitor arrives or uses the browser's back and forward
    buttons: during fast edits, the address that the browser reports lags behind.
    """
    if "session" not in st.session_state:
        spec = find(FIRST)
        session = Session(Config(spec), form_values(spec))
        session.follow(_address())
        session.history.past.clear()  # a visit starts with a link
        st.session_state["session"] = session
    elif _travelled():
        st.session_state["session"].follow(_address())
    now: Session = st.session_state["session"]
    return now


def _address() -> dict[str, str]:
    """Return the values of the page's address; on a phone, the default direction is vertical."""
    address = st.query_params.to_dict()
    if is_phone():
        address.setdefault("direction", "up")
    return address


def is_phone() -> bool:
    """Return whether the visitor's screen is small and upright."""
    return "Mobi" in st.context.headers.get("User-Agent", "")  # in the user agent of every phone


def _travelled() -> bool:
    """Return whether this run was caused by the browser's back or forward button."""
    run = get_script_run_ctx()
    return run is not None and run.is_history_navigation


def publish(session: Session) -> None:
    """Write the shown state to the page's address, again if the browser has not received it.

    An address written in a run can be lost when the next run begins. Writing an address that the
    browser already has adds no step to its history.
    """
    link, told = to_link(session.config), st.query_params.to_dict()
    if told != link and (link != session.address or told == session.outdated):
        st.query_params.from_dict(link)
        session.outdated = told
    session.address = link
