"""Every option of a figure has its row, and every face has every row."""

import inspect
import subprocess
import sys

import pytest

import resnet_viz
from resnet_viz import RequestError
from resnet_viz.answers.figure_options import OPTIONS, FigureOptions, figure_options
from resnet_viz.cli.parser import parser
from resnet_viz.view import FIGURES


def draw_parser():
    """The parser of `resnet-viz draw`, with its arguments."""
    return next(
        verb
        for action in parser()._subparsers._group_actions
        for name, verb in action.choices.items()
        if name == "draw" and verb.options()
    )


@pytest.mark.parametrize("name", OPTIONS)
def test_every_face_has_every_option(name: str) -> None:
    row = OPTIONS[name]
    parameter = inspect.signature(resnet_viz.draw).parameters[name]
    action = draw_parser()._option_string_actions[f"--{name.replace('_', '-')}"]

    assert parameter.default == row.default == getattr(FigureOptions(), name)
    assert parameter.kind is parameter.KEYWORD_ONLY
    assert f"        {name}: " in resnet_viz.draw.__doc__
    assert action.dest == name
    assert action.default == row.default
    assert action.help.startswith(row.help)


@pytest.mark.parametrize("name", OPTIONS)
def test_help_names_every_legal_value(name: str) -> None:
    row = OPTIONS[name]
    for legal in row.legal:
        assert legal in row.help
        asked = {name: legal} if name == "figure" else {"figure": row.figures[0], name: legal}
        assert getattr(FigureOptions(**asked), name) in (legal, (legal,))


def test_a_figure_takes_an_option_or_refuses_it() -> None:
    asked = {"unroll": True, "depth": "op", "layout": "dot", "annotate": "macs"}
    for name, value in asked.items():
        for figure in FIGURES:
            if OPTIONS[name].fits(figure):
                assert getattr(FigureOptions(figure=figure, **{name: value}), name)
            else:
                with pytest.raises(RequestError, match=f"^{name}: not for a figure of {figure} "):
                    FigureOptions(figure=figure, **{name: value})


def test_an_option_that_asks_for_nothing_fits_every_figure() -> None:
    for figure in FIGURES:
        made = FigureOptions(
            figure=figure,
            **{name: row.default for name, row in OPTIONS.items() if name != "figure"},
        )

        assert made.figure == figure


WRONG = (None, 5, 2.5, b"x", object(), ["x", 3], {"a": 1}, True, 10**400, "\x00", "\ud800")


@pytest.mark.parametrize("name", [name for name in OPTIONS if name != "input"])
@pytest.mark.parametrize("value", WRONG, ids=lambda value: type(value).__name__)
def test_a_value_of_a_wrong_type_is_one_line(name: str, value: object) -> None:
    legal = {
        "theme": (),
        "depth": (None, 5),
        "width": (None, 5, 2.5),
        "font_size": (None, 5, 2.5),
        "means": (None,),
        "page": (None,),
        **dict.fromkeys(("unroll", "transparent", "dark_mode"), (True,)),
        "title": ("\x00", "\ud800"),
        "caption": ("\x00", "\ud800"),
        **dict.fromkeys(("highlight", "expand", "collapse"), ("\x00", "\ud800", {"a": 1})),
        "color": ({"a": 1},),
    }
    if any(value is one or value == one for one in legal.get(name, ())):
        assert FigureOptions(**{name: value})
    else:
        with pytest.raises(RequestError, match=r"\A.+\Z"):
            FigureOptions(**{name: value})


def test_options_are_a_value() -> None:
    one, other = FigureOptions(annotate="macs,shape"), FigureOptions(annotate=["shape", "macs"])

    assert one == other
    assert len({one, other}) == 1
    with pytest.raises(AttributeError):
        one.figure = "blocks"


def test_an_unknown_option_is_refused_with_the_nearest() -> None:
    with pytest.raises(RequestError, match=r"^unknown option: 'colour' "):
        resnet_viz.draw("resnet18", colour="red")
    with pytest.raises(RequestError, match="did you mean 'depth'"):
        figure_options(dept="op")


def test_a_verb_is_filled_only_when_it_is_asked_for() -> None:
    code = (
        "import sys; from resnet_viz.cli import run; run(['zoo']); run(['report', 'resnet18']);"
        "assert 'resnet_viz.view' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
