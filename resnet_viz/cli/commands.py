"""The commands; each calls the Python function of the same name."""

from __future__ import annotations

import sys
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resnet_viz.answers.tabular import Tabular

__all__ = [
    "app",
    "code",
    "compare",
    "draw",
    "explain",
    "fit",
    "identify",
    "latency",
    "lesson",
    "measure",
    "memory",
    "receptive_field",
    "report",
    "search",
    "shapes",
    "spec",
    "table",
    "zoo",
]


def draw(network: list[str], output: str | None, scale: object, **options: object) -> None:
    """Draw networks to a file or to standard output."""
    from resnet_viz.answers import draw as answer
    from resnet_viz.answers.picture import check_options

    more = {} if scale is None else {"scale": scale}
    check_options("an.svg" if output is None else output, more)
    if output is not None:
        _refuse_what_is_only_drawn(output, options)
        _end_orderly()
    made = answer.draw(network, **options)
    if output is None:
        _write(made.to_svg())
    else:
        made.save(output, **more)


def _refuse_what_is_only_drawn(output: str, options: dict[str, object]) -> None:
    """Refuse options of layout and looks for files that hold only the graph, such as `.dot`."""
    from resnet_viz.answers.figure_options import OPTIONS
    from resnet_viz.answers.picture import exporter_for
    from resnet_viz.errors import RequestError
    from resnet_viz.export import EXPORTERS

    suffix = exporter_for(output)
    if EXPORTERS[suffix].of == "scene":
        return
    for name, option in OPTIONS.items():
        if option.drawn and options[name]:
            raise RequestError(
                "{name}: not for {suffix} files (which hold the graph only)",
                name=name,
                suffix=suffix,
            )


def report(
    network: str,
    input: str | None,
    depth: str,
    convention: str,
    means: str | None,
    columns: str,
    format: str,
    derive: bool,
) -> None:
    """Print the report of a network."""
    from resnet_viz.answers import report as answer

    _check_format(format, answer.Report)
    made = answer.report(
        network, input, depth=depth, convention=convention, means=means, columns=columns
    )
    _write(made.to(format, derive=derive))


def compare(
    before: str,
    after: str,
    input: str | None,
    depth: str,
    means: str | None,
    columns: str,
    format: str,
) -> None:
    """Print the differences between two networks."""
    from resnet_viz.answers import compare as answer

    _check_format(format, answer.Comparison)
    made = answer.compare(before, after, input, depth=depth, means=means, columns=columns)
    _write(made.to(format))


def explain(network: str, input: str | None, means: str | None, run: bool, format: str) -> int:
    """Print the count of each tool, term by term; return 1 if a tool printed another count."""
    from resnet_viz.answers import explain as answer

    _check_format(format, answer.Explanation)
    made = answer.explain(network, input, run=run, means=means)
    _write(made.to(format))
    return 0 if made.agrees else 1


def identify(checkpoint: str, format: str) -> int:
    """Print the networks that fit a checkpoint; return 1 if none does."""
    from resnet_viz.answers import identify as answer

    _check_format(format, answer.Identification)
    made = answer.identify(checkpoint)
    _write(made.to(format))
    return 0 if made.specs else 1


def shapes(network: str, input: str | None, means: str | None, depth: str) -> None:
    """Print the output shapes of a network's parts."""
    from resnet_viz.answers import shapes as answer

    _write(str(answer.shapes(network, input, depth=depth, means=means)))


def table(network: list[str], input: str | None, means: str | None, format: str) -> None:
    """Print networks side by side."""
    from resnet_viz.answers import table as answer

    _check_format(format, answer.Architectures)
    _write(answer.table(network, input, means=means).to(format))


def memory(
    network: str, input: str | None, format: str, output: str | None, **options: object
) -> None:
    """Print the memory that a network needs, and draw its timeline."""
    from resnet_viz.answers import memory as answer

    _check_format(format, answer.MemoryReport)
    if output is not None:
        from resnet_viz.answers.memory_timeline import memory_timeline

        names = ("batch", "dtype", "optimizer", "training", "means")
        chosen = {name: options[name] for name in names}
        if options["fit"] is not None:
            chosen["batch"] = answer.memory(network, input, **options).batch  # type: ignore[arg-type]
        _end_orderly()
        memory_timeline(network, input, **chosen).save(output)  # type: ignore[arg-type]
    _write(answer.memory(network, input, **options).to(format))  # type: ignore[arg-type]


def latency(network: str, input: str | None, format: str, **options: object) -> None:
    """Print the predicted time of a network on a device."""
    from resnet_viz.answers import latency as answer

    _check_format(format, answer.LatencyReport)
    _write(answer.latency(network, input, **options).to(format))  # type: ignore[arg-type]


def measure(
    network: str | None,
    input: str | None,
    calibrate: bool,
    name: str,
    threads: int | None,
    format: str,
    **options: object,
) -> None:
    """Time a network on this machine, calibrate the machine, or both."""
    from resnet_viz.answers import measure as answer
    from resnet_viz.errors import RequestError

    _check_format(format, answer.Measurement)
    if network is None and not calibrate:
        raise RequestError("network: missing (must be given, or --calibrate)")
    if calibrate:
        device = answer.calibrate(name, threads=threads)
        _write(
            f"{device.name}: fitted to {device.rows} runs, each predicted from the others: median "
            f"error {device.median_error:.1%}; take it as --device {device.name}\n"
        )
    if network is not None:
        made = answer.measure(network, input, threads=threads, **options)  # type: ignore[arg-type]
        _write(made.to(format))


def receptive_field(network: str, input: str | None, output: str | None, **options: object) -> None:
    """Draw the receptive fields of a network's stages."""
    from resnet_viz.answers.picture import exporter_for
    from resnet_viz.answers.receptive_field import receptive_field as answer

    if output is not None:
        exporter_for(output)
    made = answer(network, input, **options)  # type: ignore[arg-type]
    if output is None:
        _write(made.to_svg())
    else:
        _end_orderly()
        made.save(output)


def code(network: str, framework: str, style: str, output: str | None) -> None:
    """Write the code of a network."""
    from resnet_viz.answers.to_code import to_code

    made = to_code(network, framework, style=style)
    if output is None:
        _write(made)
    else:
        made.save(output)


def search(
    space: str,
    maximise: str | None,
    minimise: str | None,
    k: object,
    format: str,
    **budgets: object,
) -> int:
    """Print the best networks of a space; return 130 if the search was stopped before its end."""
    from resnet_viz.answers import search as answer

    _check_found_format(format, answer.Search)
    found = answer.search(space, maximise=maximise, minimise=minimise, k=k, **budgets)  # type: ignore[arg-type]
    _write(found.to_spec() if format == "yaml" else found.to(format))
    return 130 if found.interrupted else 0


def fit(network: str, k: object, format: str, **budgets: object) -> None:
    """Print the members of a network's family that come closest to the budgets."""
    from resnet_viz.answers import fit as answer
    from resnet_viz.answers.search import Search

    _check_found_format(format, Search)
    found = answer.fit(network, k=k, **budgets)  # type: ignore[arg-type]
    _write(found.to_spec() if format == "yaml" else found.to(format))


def _check_found_format(format: str, kind: type[Tabular]) -> None:
    if format != "yaml":
        _check_format(format, kind)


def chart(space: str, landmarks: str | None, output: str | None, **options: object) -> None:
    """Write a chart of a space."""
    from resnet_viz.answers import chart as answer
    from resnet_viz.answers.picture import exporter_for

    names: tuple[str, ...] = answer.LANDMARKS
    if landmarks is not None:
        names = () if landmarks == "none" else tuple(landmarks.split(","))
    if output is not None:
        exporter_for(output)
    made = answer.chart(space, landmarks=names, **options)  # type: ignore[arg-type]
    if output is None:
        _write(made.to_svg())
    else:
        _end_orderly()
        made.save(output)


def zoo() -> None:
    """Print the names of the zoo and their sources, family by family."""
    from resnet_viz.answers.formats import FORMATS
    from resnet_viz.answers.tabular import Column, Table
    from resnet_viz.zoo import families

    rows: list[tuple[str, str]] = []
    before = ""
    for family in families():
        if family.title != before:
            rows += [*([("", "")] if rows else []), (f"── {family.title}", "")]
            before = family.title
        rows += [(name, make().source) for name, make in family.makers.items()]
    columns = [Column(name, name, itemgetter(i)) for i, name in enumerate(("network", "source"))]
    _write(FORMATS["text"](Table(title="", columns=tuple(columns), rows=rows)))


def lesson(measured: bool, format: str, output: str | None, **settings: object) -> None:
    """Train plain and residual networks on digits, or print the shipped measurements."""
    from resnet_viz.answers import lesson as lessons
    from resnet_viz.errors import RequestError

    given = {name: value for name, value in settings.items() if value is not None}
    if measured and given:
        raise RequestError(
            "{name}: not with --measured, which trains nothing", name=next(iter(given))
        )
    made = lessons.measured_lesson() if measured else lessons.lesson(**given)  # type: ignore[arg-type]
    if output is not None:
        _end_orderly()
        made.save(output)
    _write(made.to(format))


def spec(network: str, format: str) -> None:
    """Print the spec of a network."""
    from resnet_viz.sources import find_spec
    from resnet_viz.spec.files import dumps

    _write(dumps(find_spec(network), format))


def app(port: object, address: str) -> None:
    """Serve the app until it is interrupted."""
    from resnet_viz.app.serve import serve

    serve(8501 if port is None else port, address)


def _check_format(format: str, answer: type[Tabular]) -> None:
    """Refuse a format that an answer lacks, before the work begins."""
    from resnet_viz.errors import match

    match("format", format, answer.formats())


def _end_orderly() -> None:
    """Turn SIGTERM into an exception, so that no half-written file is left."""
    import signal

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _write(text: str) -> None:
    """Write to standard output as UTF-8, whatever the locale says."""
    if sys.stdout is None:
        raise OSError(9, "standard output is closed")
    sys.stdout.flush()
    rest = memoryview(text.encode("utf-8", "replace"))
    while rest:  # an unbuffered stream may write only a part
        rest = rest[sys.stdout.buffer.write(rest) :]
    sys.stdout.buffer.flush()
