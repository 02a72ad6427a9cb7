"""Load the app's server with many visitors who edit networks: `python benchmarks/visitors.py`.

Each visitor has a network of their own, edits it once a second or as soon as the page has been
updated, and records the page. At the end, the recorded pages are compared with the library's
results for the requested networks, so that checking takes no time from the server on the same
machine.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import psutil
from tab import Page, Tab

from resnet_viz import ResNetSpec, Stage, Stem, report
from resnet_viz.app.address import to_link
from resnet_viz.app.answers import drawing_of
from resnet_viz.app.budget import Budget
from resnet_viz.app.markdown import escaped
from resnet_viz.app.screen import fitted
from resnet_viz.app.sections.totals import spelled
from resnet_viz.app.state import SECTIONS, Config, Look
from resnet_viz.layout import DIRECTIONS
from resnet_viz.text import LANGUAGES
from resnet_viz.text.page import translate
from resnet_viz.themes import THEMES

__all__ = ["Load", "Server", "Visitor", "load", "network", "served"]

ROOT = Path(__file__).parents[1]
NAME = re.compile(r"visitor\W{0,2}(\d+)")
GAUGES = Budget(macs=10**9, params=5 * 10**6)
WORDS = ("layers", "params", "macs", "activations")


# The server


@dataclass
class Server:
    """The app in its own process."""

    port: int
    process: psutil.Popen

    @property
    def megabytes(self) -> float:
        """The current memory of the process in MB."""
        return self.process.memory_info().rss / 1e6


@contextmanager
def served(*command: str) -> Iterator[Server]:
    """Serve the app with the project's settings on a free port.

    Args:
        command: the command that runs the server instead of this Python, such as a profiler.
    """
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    python = command or (sys.executable,)
    options = [f"--server.port={port}", "--server.headless=true", "--logger.level=warning"]
    process = psutil.Popen(
        [*python, "-m", "streamlit", "run", "app.py", *options],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
        yield Server(port, process)
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: psutil.Popen, port: int) -> None:
    """Return when the server answers."""
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(f"http://localhost:{port}/_stcore/health").close()
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server does not answer")


# A visitor


def network(number: int, stages: int = 4) -> ResNetSpec:
    """Return the network of a visitor, different for each."""
    kind = "bottleneck" if number % 3 == 0 else "basic"
    return ResNetSpec(
        name=f"visitor-{number}",
        stem=Stem(channels=16 + number),
        stages=tuple(
            Stage(2 + (number + i) % 3, 32 + 8 * number + 32 * i, 2 if 0 < i < 4 else 1, kind)
            for i in range(stages)
        ),
    )


class Edit(NamedTuple):
    """An edit by a visitor, and the page's expected state after it.

    Attributes:
        key: the key of the control, or the place of the field in the form.
        value: the new value, as shown on the page.
    """

    key: str
    value: object
    config: Config


def _blocks(config: Config, turn: int) -> Edit:
    at = turn % len(config.spec.stages)
    stage = config.spec.stages[at]
    blocks = stage.blocks % 7 + 1
    return _stage(config, at, "blocks", blocks)


def _channels(config: Config, turn: int) -> Edit:
    at = turn % len(config.spec.stages)
    return _stage(config, at, "channels", config.spec.stages[at].channels + 8)


def _stage(config: Config, at: int, name: str, value: int) -> Edit:
    stages = list(config.spec.stages)
    stages[at] = replace(stages[at], **{name: value})
    spec = replace(config.spec, stages=tuple(stages))
    return Edit(f"stages[{at}].{name}", str(value), config._replace(spec=spec))


def _look(name: str, table: Mapping[str, object]) -> Callable[[Config, int], Edit]:
    def edit(config: Config, turn: int) -> Edit:
        value = _next(list(table), getattr(config.look, name))
        look = config.look._replace(**{name: value})
        word = translate(config.lang, f"{name}:{value}")
        return Edit(f"{name}:{config.lang}", word, config._replace(look=look))

    return edit


def _section(config: Config, turn: int) -> Edit:
    value = _next(list(SECTIONS), config.section)
    return Edit(
        "section", [translate(config.lang, f"section:{value}")], config._replace(section=value)
    )


def _language(config: Config, turn: int) -> Edit:
    value = _next(list(LANGUAGES), config.lang)
    return Edit("language", [LANGUAGES[value]], config._replace(lang=value))


def _unroll(config: Config, turn: int) -> Edit:
    look = config.look._replace(unroll=not config.look.unroll)
    return Edit("unroll", look.unroll, config._replace(look=look))


def _numbers(config: Config, turn: int) -> Edit:
    value = "" if config.look.annotate else "params"
    words = [translate(config.lang, f"fact:{value}")] if value else []
    return Edit(
        f"annotate:{config.lang}", words, config._replace(look=config.look._replace(annotate=value))
    )


def _next(values: list[str], now: str) -> str:
    return values[(values.index(now) + 1) % len(values)]


EDITS: tuple[Callable[[Config, int], Edit], ...] = (
    _blocks,
    _channels,
    _look("theme", dict.fromkeys(("", *THEMES))),
    _blocks,
    _look("direction", DIRECTIONS),
    _section,
    _channels,
    _look("depth", dict.fromkeys(("", "network", "stage", "block"))),
    _language,
    _blocks,
    _numbers,
    _channels,
    _unroll,
    _section,
)
"""The edits that each visitor makes in turn, each starting with another one."""


class Seen(NamedTuple):
    """The page after an edit; the figure is stored as a hash, because there are many."""

    config: Config
    address: str
    title: str
    totals: tuple[str, ...]
    figure: bytes
    names: frozenset[str]
    errors: tuple[str, ...]

    def faults(self, number: int) -> list[str]:
        """Return the differences from the page that this visitor requested, in words."""
        spec = self.config.spec
        totals = report(spec, depth="network").totals
        svg = drawing_of(spec, fitted(self.config.look), self.config.lang).to_svg()
        expected = {
            "address": dict(parse_qsl(self.address)) == to_link(self.config),
            "title": self.title == escaped(spec.name),
            "totals": self.totals == tuple(spelled(totals[word]) for word in WORDS),
            "figure": self.figure == _hash(svg),
            "another's name": self.names == {str(number)},
        }
        return [name for name, right in expected.items() if not right] + list(self.errors)


def _seen(config: Config, address: str, page: Page) -> Seen:
    text = " ".join(map(str, page.elements.values()))
    return Seen(
        config=config,
        address=address,
        title=page.all("heading")[0].body,
        totals=tuple(metric.body for metric in page.all("metric")[:4]),
        figure=_hash(page.figure()),
        names=frozenset(NAME.findall(text)),
        errors=tuple(page.errors),
    )


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


@dataclass
class Visitor:
    """A visitor with a network and a tab.

    Attributes:
        opening: the seconds until the page was complete, for each time it was opened.
        redraws: the seconds of each edit.
        late: the delay of each edit in seconds, because the page was busy.
        returns: the number of times that the visitor left or lost the connection, and returned.
        seen: the recorded pages.
        failures: the failures.
    """

    number: int
    port: int
    config: Config
    opening: list[float] = field(default_factory=list)
    redraws: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    returns: int = 0
    seen: list[Seen] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tab = self._new_tab()
        self.turn = self.number  # each starts with another edit

    def _new_tab(self) -> Tab:
        return Tab(self.port, urlencode(to_link(self.config)))

    async def open(self) -> None:
        """Open the page with its link."""
        page = await self.tab.open()
        self.opening.append(page.seconds)
        self._note(page)

    async def edit(self) -> None:
        """Make the next edit, and wait until the page has been updated."""
        edit = EDITS[self.turn % len(EDITS)](self.config, self.turn)
        self.turn += 1
        self.config = edit.config
        put = self.tab.type if edit.key.startswith("stages[") else self.tab.edit
        put(edit.key, edit.value)
        page = await self.tab.run()
        self.redraws.append(page.seconds)
        self._note(page)

    async def come_again(self) -> None:
        """Leave and reopen the page, or drop the connection and reconnect.

        It takes the place of an edit. Streamlit 1.67 sends the messages of a run to the connection
        that existed when it started a round over all sessions: an edit within a few milliseconds
        after reconnecting gets no answer. No human is that fast.
        """
        self.returns += 1
        if self.number % 2:
            await self.tab.leave()
            self.tab = self._new_tab()
            await self.open()
        else:
            self.tab.cut()
            await self.tab.connect()

    async def stay(self, begin: float, seconds: int, leaves: int) -> None:
        """Edit once a second, or as soon as the page is updated; sometimes leave and return."""
        try:
            for second in range(seconds):
                due = begin + second
                await asyncio.sleep(due - time.perf_counter())
                now = time.perf_counter()
                if now > begin + seconds:
                    break
                self.late.append(now - due)
                if leaves and second and second % leaves == 0:
                    await self.come_again()
                else:
                    await self.edit()
        except Exception as error:
            self.failures.append(f"visitor {self.number}: {type(error).__name__}: {error}")
        finally:
            await self.tab.leave()

    def _note(self, page: Page) -> None:
        self.seen.append(_seen(self.config, self.tab.address, page))


# The load


@dataclass
class Load:
    """The result of a load test."""

    visitors: list[Visitor]
    memory: list[float]

    @property
    def redraws(self) -> list[float]:
        return sorted(one for visitor in self.visitors for one in visitor.redraws)

    @property
    def openings(self) -> list[float]:
        return sorted(one for visitor in self.visitors for one in visitor.opening)

    @property
    def late(self) -> list[float]:
        return sorted(one for visitor in self.visitors for one in visitor.late)

    def faults(self) -> list[str]:
        """Return all faults: failures, and pages that do not match the visitor's requests."""
        broken = [failure for visitor in self.visitors for failure in visitor.failures]
        wrong = [
            f"visitor {visitor.number}, {seen.config.look}: {fault}"
            for visitor in self.visitors
            for seen in visitor.seen
            for fault in seen.faults(visitor.number)
        ]
        return broken + wrong


async def load(server: Server, visitors: int, seconds: int, stages: int = 4) -> Load:
    """Let visitors open the page at the same time and edit once a second, spread over the second.

    Every fifth visitor leaves and returns, each at another time.
    """
    looks = [Look(direction=direction, theme=theme) for direction in DIRECTIONS for theme in THEMES]
    everyone = [
        Visitor(i, server.port, Config(network(i, stages), looks[i % len(looks)], budget=GAUGES))
        for i in range(visitors)
    ]
    memory: list[float] = []
    watching = asyncio.create_task(_watch(server, memory))
    await asyncio.gather(*(visitor.open() for visitor in everyone))
    begin = time.perf_counter() + 1
    await asyncio.gather(
        *(
            visitor.stay(begin + i / visitors, seconds, leaves=0 if i % 5 else 7 + i)
            for i, visitor in enumerate(everyone)
        )
    )
    watching.cancel()
    return Load(everyone, memory)


async def _watch(server: Server, memory: list[float]) -> None:
    while True:
        memory.append(server.megabytes)
        await asyncio.sleep(1)


def at(share: float, values: list[float]) -> float:
    """Return the value below which a share of sorted values lies."""
    return values[min(len(values) - 1, int(share * len(values)))]


def busy(server: Server) -> float:
    """Return the CPU time of the server in seconds."""
    times = server.process.cpu_times()
    seconds: float = times.user + times.system
    return seconds


def line(name: str, value: str, goal: str = "") -> None:
    print(f"{name:<66}{value:>10}   {goal}", flush=True)


def main(visitors: int = 30, seconds: int = 60) -> None:
    with served() as server:
        empty = server.megabytes
        alone = asyncio.run(load(server, 1, 10))
        begin = busy(server)
        crowd = asyncio.run(load(server, visitors, seconds))
        used = busy(server) - begin
    faults = alone.faults() + crowd.faults()
    middle, one = statistics.median(crowd.redraws), statistics.median(alone.redraws)
    done = len(crowd.redraws)
    due = visitors * seconds - sum(visitor.returns for visitor in crowd.visitors)
    third = len(crowd.memory) // 3
    before = statistics.mean(crowd.memory[third : 2 * third])
    after = statistics.mean(crowd.memory[2 * third :])
    line(f"app: edits of {visitors} sessions in {seconds} s, of {due} due", str(done))
    line("app: errors, and pages that were not the visitor's own", str(len(faults)), "0")
    for fault in faults[:10]:
        print(f"  {fault}")
    line("app: redraw, median", f"{1000 * middle:.0f} ms")
    line("app: redraw, 95th percentile", f"{1000 * at(0.95, crowd.redraws):.0f} ms")
    line("app: redraw of one session alone, median", f"{1000 * one:.0f} ms")
    line("app: redraw among all over alone, medians", f"{middle / one:.1f}")
    line("app: edits later than due, 95th percentile", f"{1000 * at(0.95, crowd.late):.0f} ms")
    runs = done + len(crowd.openings)
    line("app: processor time of the server per redraw", f"{1000 * used / runs:.0f} ms")
    line("app: all open the page at once, the last", f"{1000 * crowd.openings[-1]:.0f} ms")
    line("app: memory of the empty server", f"{empty:.0f} MB")
    line("app: memory, mean of the middle third of the time", f"{before:.0f} MB")
    line("app: memory, mean of the last third over it", f"{after / before:.2f}", "at most 1.05")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
