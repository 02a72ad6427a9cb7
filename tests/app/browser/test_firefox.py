"""The app in Debian's Firefox, by WebDriver BiDi: Playwright drives only a Firefox of its own."""

import asyncio
import json
import os
import re
import subprocess
from contextlib import asynccontextmanager
from dataclasses import replace

from app_browser import expected_totals
from conftest import program
from tornado.websocket import websocket_connect

from resnet_viz.zoo import find

SECONDS = 40

HOSTS = "[...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"

INSIDE = f"{HOSTS}.flatMap(host => [...(host.shadowRoot ?? host).querySelectorAll(SELECTOR)])"
"""The elements of a selector inside the page's components."""


class Firefox:
    """A tab of Firefox; what the page writes to its console as an error is noted."""

    def __init__(self, socket) -> None:
        self.socket, self.asked, self.errors, self.tab = socket, 0, [], ""

    async def ask(self, method: str, **params):
        self.asked += 1
        await self.socket.write_message(
            json.dumps({"id": self.asked, "method": method, "params": params})
        )
        while True:
            said = json.loads(await asyncio.wait_for(self.socket.read_message(), SECONDS))
            if said.get("method") == "log.entryAdded" and said["params"]["level"] == "error":
                self.errors.append(said["params"]["text"])
            if said.get("id") == self.asked:
                assert said["type"] == "success", said
                return said["result"]

    async def run(self, script: str):
        target = {"context": self.tab}
        said = await self.ask(
            "script.evaluate", expression=script, target=target, awaitPromise=False
        )
        return said["result"].get("value")

    async def until(self, script: str) -> None:
        """Wait until something holds on the page."""
        for _ in range(10 * SECONDS):
            if await self.run(script):
                return
            await asyncio.sleep(0.1)
        raise AssertionError(script)

    async def type(self, text: str) -> None:
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        source = {"type": "key", "id": "keyboard", "actions": keys}
        await self.ask("input.performActions", context=self.tab, actions=[source])


@asynccontextmanager
async def firefox(folder):
    """Start Firefox with a profile of its own, and hand out a tab."""
    process = subprocess.Popen(
        [
            program("firefox-esr", "firefox-esr"),
            *("--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port=0"),
        ],
        env={**os.environ, "HOME": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        lines = iter(process.stderr.readline, "")
        address = next(found[1] for line in lines if (found := re.search(r"(ws://\S+)", line)))
        socket = await websocket_connect(f"{address}/session", max_message_size=2**26)
        tab = Firefox(socket)
        await tab.ask("session.new", capabilities={})
        await tab.ask("session.subscribe", events=["log.entryAdded"])
        tab.tab = (await tab.ask("browsingContext.getTree"))["contexts"][0]["context"]
        size = {"width": 1280, "height": 900}
        await tab.ask("browsingContext.setViewport", context=tab.tab, viewport=size)
        yield tab
        socket.close()
        while await socket.read_message() is not None:
            pass  # until Firefox has closed it, too
    finally:
        process.terminate()
        process.communicate()


def test_firefox_draws_the_figure_and_takes_an_edit(server, tmp_path) -> None:
    spec = find("resnet18")
    wanted = replace(spec, stages=(replace(spec.stages[0], blocks=5), *spec.stages[1:]))

    async def visit() -> list[str]:
        async with firefox(tmp_path) as tab:
            address = f"{server.address}?net=resnet18"
            await tab.ask("browsingContext.navigate", context=tab.tab, url=address, wait="complete")
            boxes = INSIDE.replace("SELECTOR", "'.stage rect[id]'")
            await tab.until(f"{boxes}.length > 8")
            sizes = (
                "Math.min(...TEXTS.map(text => "
                "text.getAttribute('font-size') * text.ownerSVGElement.getScreenCTM().a)) >= 11"
            )
            await tab.until(sizes.replace("TEXTS", INSIDE.replace("SELECTOR", "'.stage text'")))
            field = INSIDE.replace("SELECTOR", """'[aria-label="Stage 1: Blocks"]'""")
            await tab.run(f"{field}[0].focus(); {field}[0].select()")
            await tab.type("5\ue007")  # Enter
            for text in expected_totals(wanted):
                await tab.until(f"document.body.innerText.includes({json.dumps(text)})")
            await tab.until(f"!location.search.includes('net=resnet18') && {boxes}.length > 8")
            return tab.errors

    assert asyncio.run(visit()) == []
