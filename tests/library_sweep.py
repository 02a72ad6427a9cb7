"""Compare traced counts with torch's own over models of other libraries, each in its own process.

`make test-transformers` runs this file: every architecture of Hugging Face made small, and models
of diffusers, torch_geometric, segmentation-models-pytorch and PEFT. Each result is a line of a log,
so that a stopped sweep continues where it stopped. At the end it writes the table of
docs/tracing.md.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import library_cases
import transformers_cases
from compared import Case, NotRun, compare, one_line

from resnet_viz.graph.model import MEANS
from resnet_viz.progress import progress

LIBRARIES = {"transformers": transformers_cases.cases, **library_cases.LIBRARIES}

LOG = Path("out/libraries.jsonl")
DOCS = Path("docs/tracing.md")
BEGIN, END = "<!-- libraries: begin -->", "<!-- libraries: end -->"
SECONDS = 180
"""A case that takes longer is stopped."""


def judged(make: Callable[[], Case]) -> dict[str, Any]:
    """Return the result of a case, for one line of the log."""
    import torch

    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    began = time.monotonic()
    try:
        case = make()
    except NotRun as reason:
        return {"status": "not run", "why": str(reason)}
    try:
        result = compare(case)
    except Exception as error:
        result = {"status": "failed", "why": f"{type(error).__name__}: {one_line(error)}"}
    return {**result, "seconds": round(time.monotonic() - began, 1)}


def _in_child(make: Callable[[], Case], pipe: Connection) -> None:
    pipe.send(judged(make))


def in_time(make: Callable[[], Case]) -> dict[str, Any]:
    """Run a case in its own process and return its result."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_in_child, args=(make, there))
    child.start()
    there.close()
    try:
        if not here.poll(SECONDS):
            return {"status": "late", "why": f"takes longer than {SECONDS} s"}
        return here.recv()  # type: ignore[no-any-return]
    except EOFError:
        child.join()
        return {"status": "failed", "why": f"ended its process with code {child.exitcode}"}
    finally:
        child.kill()
        child.join()


def known(log: Path) -> dict[str, dict[str, Any]]:
    """Return the last result of each case in a log, by name."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return {row["name"]: row for row in map(json.loads, lines)}


def table(results: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Return a table of the models of each library with torch's counts, by means of tracing."""
    heads = ("library", "run by torch", "equal", *MEANS, "not run when made small")
    rows = [heads, ("---", *["--:"] * (len(heads) - 1))]
    for library, found in results.items():
        status = Counter(row["status"] for row in found.values())
        means = Counter(row["means"] for row in found.values() if row["status"] == "equal")
        unrun = status.pop("not run", 0)
        counts = (status.total(), status["equal"], *[means[name] for name in MEANS], unrun)
        rows.append((library, *[f"{count:,}" for count in counts]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def write_table(text: str) -> None:
    """Put the table into the docs, between its two marks."""
    before, begin, rest = DOCS.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    DOCS.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def main(*wanted: str) -> int:
    """Compare the named cases, or all without a result in the log; return 1 if one differs."""
    cases = {library: make() for library, make in LIBRARIES.items()}
    LOG.parent.mkdir(exist_ok=True)
    done = {} if wanted else known(LOG)
    waiting = [
        (name, make)
        for found in cases.values()
        for name, make in found.items()
        if (name in wanted if wanted else name not in done)
    ]
    with LOG.open("a", encoding="utf-8") as log, progress("Comparing", len(waiting)) as advance:
        for name, make in waiting:
            done[name] = row = {"name": name, **in_time(make)}
            log.write(json.dumps(row) + "\n")
            log.flush()
            advance()
    wrong = [row for row in done.values() if row["status"] not in ("equal", "not run")]
    for row in wrong:
        print(f"{row['name']}: {row['status']}: {row['why']}", file=sys.stderr)  # noqa: T201
    if not wanted:
        write_table(
            table({key: {name: done[name] for name in found} for key, found in cases.items()})
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
