"""What a run prints: readable at a glance on a terminal, plain in a file."""

import io

from infra.local.timeline import Timeline


class Terminal(io.StringIO):
    def isatty(self):
        return True


LONG = f"a sentence that is {'so very ' * 4}long that it ends below it"


def shown(out, *, tell):
    tell(Timeline(out, clock=lambda: 0.0))
    return out.getvalue()


def a_row(timeline):
    timeline.row("Mon 23 Nov 11:42", "Picked up", "Paris, FR", "nothing", mark="held")


def test_a_file_gets_no_colour():
    assert "\x1b" not in shown(io.StringIO(), tell=a_row)


def test_a_terminal_gets_colour():
    assert "\x1b[31m" in shown(Terminal(), tell=a_row)


def test_columns_stand_under_each_other_however_long_the_text():
    def two_rows(timeline):
        a_row(timeline)
        timeline.row("", LONG, "Guangzhou, CN")

    first, second, rest = shown(io.StringIO(), tell=two_rows).splitlines()
    assert first.index("Paris") == second.index("Guangzhou")
    assert first.index("Picked up") == second.index("a sentence") == len(rest) - len(rest.lstrip())


def test_slow_work_is_announced_before_it_is_done_and_told_with_its_time():
    ticks = iter((0.0, 1.0, 2.0, 7.5, 8.0))
    out = io.StringIO()
    timeline = Timeline(out, clock=lambda: next(ticks))
    with timeline.working("deploying") as told:
        announced = out.getvalue()
        told.append("55 resources written")
    assert announced == "[   1.0 s] deploying ...\n"
    assert out.getvalue().endswith("deploying: done in 5.5 s: 55 resources written\n")


def test_things_to_do_are_a_list_with_hanging_lines():
    def a_list(timeline):
        timeline.row("", "exception", "", f"merchant must act:\n- {LONG}\n- and then rest")

    lines = [line.split("exception")[-1].strip(" ·●") for line in shown(io.StringIO(), tell=a_list).splitlines()]
    assert lines[0] == "merchant must act:"
    assert [line[:2] for line in lines].count("- ") == 2
