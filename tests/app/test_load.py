"""Sessions at once, on the app's own server: no errors, and nobody sees another's network."""

import asyncio

import pytest
from tab import Tab
from visitors import Visitor, load, network, served

from resnet_viz.app.form_fields import form_values
from resnet_viz.app.state import Config
from resnet_viz.zoo import find


@pytest.fixture(scope="module")
def server():
    with served() as server:
        yield server


def test_sessions_at_once_see_their_own_networks_only(server):
    crowd = asyncio.run(load(server, visitors=8, seconds=6))

    assert crowd.faults() == []
    assert len(crowd.redraws) >= 8


def test_what_is_not_the_visitors_own_is_told(server):
    async def visit():
        visitor = Visitor(1, server.port, Config(network(1)))
        await visitor.open()
        await visitor.tab.leave()
        return visitor.seen[0]

    seen = asyncio.run(visit())

    assert seen.faults(1) == []
    assert seen.faults(2) == ["another's name"]
    assert seen._replace(config=Config(network(3))).faults(1) == [
        "address",
        "title",
        "totals",
        "figure",
    ]


def test_one_who_does_not_wait_ends_where_he_wanted_and_hurts_nobody(server):
    async def hasty(tab):
        await tab.open()
        for blocks in range(2, 52):
            tab.type("stages[0].blocks", str(blocks))
            await tab.send()
        page = await tab.page(0.0)
        while page.all("metric")[0].body != layers:
            page = await tab.page(0.0)
        return page

    # 51 blocks of two convolutions each where two were: 49 · 2 layers more than 18
    layers = str(18 + 49 * 2)

    async def both():
        async with Tab(server.port, "net=resnet18") as tab:
            async with asyncio.timeout(60):
                return await asyncio.gather(hasty(tab), load(server, visitors=2, seconds=2))

    page, others = asyncio.run(both())

    assert page.errors == []
    assert others.faults() == []


VALUES = form_values(find("resnet18"))
FORGED = [
    None,
    5,
    "edited",
    [[[[]]]],
    {},
    {"values": VALUES},
    {"values": VALUES, "revision": 1.5},
    {"values": VALUES, "revision": True},
    {"values": VALUES, "revision": "1"},
    {"values": [VALUES], "revision": 1},
    {"values": {**VALUES, "stages": {}}, "revision": 1},
    {"values": {**VALUES, "stem": "7x7"}, "revision": 1},
    {"values": {**VALUES, "head": {"classes": "9" * 10**6}}, "revision": 1},
    {"values": {**VALUES, "stages": [VALUES["stages"][0]] * 100_000}, "revision": 1},
]


def test_what_is_forged_in_the_name_of_the_form_changes_nothing(server):
    async def forge():
        async with Tab(server.port, "net=resnet34") as tab:
            await tab.open()
            pages = []
            for sent in FORGED:
                tab.say(sent)
                pages.append(await tab.run())
            tab.type("stages[0].blocks", "4")
            return pages, await tab.run()

    forged, edited = asyncio.run(forge())

    for page, sent in zip(forged, FORGED, strict=True):
        assert page.errors == [], sent
        assert page.all("metric")[0].body == "34", sent
    assert edited.all("metric")[0].body == "36"


def test_a_connection_that_is_cut_in_the_middle_of_a_run_hurts_nobody(server):
    async def cut():
        tab = Tab(server.port)
        await tab.open()
        for _ in range(5):
            await tab.send()
            await asyncio.sleep(0.02)
            tab.cut()
            await tab.open()
        tab.type("stages[0].blocks", "7")
        page = await tab.run()
        await tab.leave()
        return page

    async def both():
        return await asyncio.gather(cut(), load(server, visitors=2, seconds=2))

    page, others = asyncio.run(both())

    assert page.errors == []
    assert page.all("metric")[0].body == "28"  # 18, and five more blocks of two convolutions
    assert others.faults() == []
