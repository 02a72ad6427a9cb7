"""What a visitor has done so far: the one place in which the page keeps state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from secrets import token_hex

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_viz.answers.identify import Identification
from resnet_viz.app.address import read_link, to_link
from resnet_viz.app.answers import Traced, check
from resnet_viz.app.form_fields import Typed, form_values, parse_form
from resnet_viz.app.history import History
from resnet_viz.app.screen import screen
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
        config: what is shown: the last that was right.
        typed: what the form of the spec holds, be it right or wrong.
        revision: the number of the browser's edit that `typed` knows.
        wrong: what is wrong with what is typed.
        name: tells this session from one that the same browser had before.
        generation: counts how often the page was filled anew; it is part of its fields' keys.
        fillings: counts how often the form of the spec was.
        listed: what lists of networks hold, by their keys.
        history: the networks before this one, and those that undo left.
        address: what the page's address says, as it was last read or written.
        outdated: what the browser said the address was when it was last written.
        problem: what was wrong with what the visitor sent last.
        identified: what was found of the visitor's file of weights.
        traced: the visitor's own graph, which is shown instead of the network.
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

    def key(self, name: str) -> str:
        """Return the key of a field that is filled anew when the network changes from outside."""
        return f"{name}/{self.generation}"

    @property
    def filling(self) -> dict[str, object]:
        """Which filling of the fields this is; an edit of a former one comes too late."""
        return {"session": self.name, "number": self.fillings}

    def open(self, spec: ResNetSpec) -> None:
        """Show another network.

        Raises:
            RequestError: it does not work.
        """
        self.fill(self.config._replace(spec=check(spec), opened=""))
        self.problem = None

    def fill(self, config: Config) -> None:
        """Show something, and fill the fields with it."""
        self.history.step(self.config.spec, config.spec)
        self.config = config
        self.traced = None
        self.typed = form_values(config.spec)
        self.wrong = None
        self.generation += 1
        self.fillings += 1

    def note(self, key: str, value: str | None) -> bool:
        """Note what a list holds, and tell whether that is news.

        To Streamlit it is a choice, too, when a browser that does not know yet that a list is gone
        repeats what that held.
        """
        is_news = key not in self.listed or self.listed[key] != value
        self.listed[key] = value
        if len(self.listed) > MAX_LISTED:
            del self.listed[next(iter(self.listed))]
        return is_news

    def type(self, typed: Typed, revision: int, gesture: object = None) -> None:
        """Take what a visitor typed: show that network, or say what is wrong with it.

        Args:
            typed: what the form holds.
            revision: the number of the edit, as the browser counts.
            gesture: what the edit is part of; undo takes back a whole gesture.
        """
        self.typed, self.revision, self.wrong = typed, revision, None
        try:
            spec = check(_rename(read(parse_form(typed))))
        except RequestError as error:
            self.wrong = error
        else:
            self.edit(self.config._replace(spec=spec), gesture)

    def edit(self, config: Config, gesture: object = None) -> None:
        """Show what the fields say; another network ends what was said of the one before."""
        if config.spec != self.config.spec:
            self.problem = self.traced = None
        self.history.step(self.config.spec, config.spec, gesture)
        self.config = config

    @property
    def can_undo(self) -> bool:
        """Whether there is something to go back to."""
        return bool(self.history.past or self.wrong)

    def undo(self) -> None:
        """Go back: from what is wrong to the network that is shown, else to the one before it."""
        if self.wrong:
            self.fill(self.config)
        elif self.history.past:
            self.fill(self.config._replace(spec=self.history.past[-1]))

    def redo(self) -> None:
        """Go on to the network that undo left."""
        if self.history.future:
            self.fill(self.config._replace(spec=self.history.future[-1]))

    def follow(self, address: Mapping[str, str]) -> None:
        """Show what the page's address asks for, and the first thing that is wrong with it."""
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
        elif config != self.config:  # what is typed stays
            self.config = config
            self.generation += 1
        self.problem = problems[0] if problems else None
        self.address = to_link(self.config)  # the same in other words is not written there anew

    @property
    def look(self) -> Look:
        """How the network is drawn on this visitor's page: dark where that is dark, and to fit."""
        look = self.config.look
        if not look.theme and st.context.theme.type == "dark":
            look = look._replace(theme="dark")
        if not (look.page or look.depth or look.unroll) and look.figure == "network":
            look = look._replace(page=screen(look.direction, is_phone()))
        return look

    @property
    def shown(self) -> Config:
        """What is shown, with the look that it has on this visitor's page."""
        return self.config._replace(look=self.look)

    @property
    def base(self) -> str | None:
        """The name of the network in the zoo that this one is an edit of."""
        name = self.config.spec.name.removesuffix(_EDITED)
        return name if name in entries() and name != self.config.spec.name else None


_EDITED = "-edited"


def _rename(spec: ResNetSpec) -> ResNetSpec:
    """Return a network under a name that is not another's: an edited ResNet-50 is none.

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
    """Return the visitor's session, after a look at the page's address.

    It is followed when the visitor comes, goes back and goes on, and then only: a browser that is
    sent edits quickly tells an address that lags behind them.
    """
    if "session" not in st.session_state:
        spec = find(FIRST)
        session = Session(Config(spec), form_values(spec))
        session.follow(_address())
        session.history.past.clear()  # a link is where one begins
        st.session_state["session"] = session
    elif _travelled():
        st.session_state["session"].follow(_address())
    now: Session = st.session_state["session"]
    return now


def _address() -> dict[str, str]:
    """Return what the page's address asks for; on a phone a figure stands, if it does not say."""
    address = st.query_params.to_dict()
    if is_phone():
        address.setdefault("direction", "up")
    return address


def is_phone() -> bool:
    """Tell whether the visitor's screen is small and upright."""
    return "Mobi" in st.context.headers.get("User-Agent", "")  # as every phone's browser has it


def _travelled() -> bool:
    """Return whether this run is for the browser's back or forward button."""
    run = get_script_run_ctx()
    return run is not None and run.is_history_navigation


def publish(session: Session) -> None:
    """Write into the page's address what is shown, again if the browser has not heard of it.

    What a run says of the address can be lost when the next one begins; a browser that is told the
    address it has makes no step of that.
    """
    link, told = to_link(session.config), st.query_params.to_dict()
    if told != link and (link != session.address or told == session.outdated):
        st.query_params.from_dict(link)
        session.outdated = told
    session.address = link
