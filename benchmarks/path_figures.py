"""The two pictures of ``docs/guarantee.md``, from the package's own steps.

    python -m benchmarks.path_figures docs

writes ``docs/path.svg`` (the worked example) and ``docs/risk.svg`` (bad intervals); a test compares them with what is
committed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.worked_example import ALPHA, DELTA, Example
from judgekit.trust.selective.fixed_sequence import START, checkpoints

WIDTH = 800
COLORS = {  # on light and on dark pages
    "ink": ("#1f2328", "#f0f6fc"),
    "soft": ("#59636e", "#9198a1"),
    "line": ("#d1d9e0", "#3d444d"),
    "right": ("#2f6fb3", "#6cb0f5"),
    "wrong": ("#c2541d", "#f0935e"),
    "bad": ("#f6d9c8", "#5c3320"),
    "back": ("#ffffff", "#0d1117"),
}
MASS = (0.30, 0.10, 0.12, 0.03, 0.22, 0.16)
RATE = (0.16, 0.95, 0.10, 0.75, 0.36, 0.05)
"""Ties of the population of ``risk.svg``; what is missing to mass 1 never enters."""
ITEMS, SEED = 48, 10


class Drawing:
    """Marks of an SVG; lengths in pixels."""

    def __init__(self, height: int, title: str) -> None:
        self.height, self.title, self.marks = (
            height,
            title,
            [f'<rect width="{WIDTH}" height="{height}" class="f-back"/>'],
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, color: str, dash: str = "") -> None:
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        self.marks.append(f'<line {ends} class="s-{color}"{dashed}/>')

    def box(self, x: float, y: float, width: float, height: float, color: str) -> None:
        place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        self.marks.append(f'<rect {place} class="f-{color}"/>')

    def text(self, x: float, y: float, words: str, color: str = "ink", anchor: str = "start") -> None:
        self.marks.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="f-{color}">{words}</text>'
        )

    def curve(self, points: list[tuple[float, float]], color: str) -> None:
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.marks.append(f'<polyline points="{joined}" class="s-{color}" fill="none" stroke-width="2"/>')

    def render(self) -> str:
        light, dark = (
            "".join(
                f".f-{name}{{fill:{pair[k]}}}.s-{name}{{stroke:{pair[k]}}}" for name, pair in COLORS.items()
            )
            for k in (0, 1)
        )
        style = f"text{{font:12px system-ui,sans-serif}}{light}@media(prefers-color-scheme:dark){{{dark}}}"
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" role="img">'
        about = f"<title>{self.title}</title><style>{style}</style>"
        return "\n".join([head, about, *self.marks, "</svg>", ""])


def path_figure(example: Example) -> str:
    """Every item of the example from the level at which it enters, and what each step tests and takes."""
    left, right, top, row = 90.0, 560.0, 62.0, 17.0
    under = top + row * len(example.human)
    draw = Drawing(int(under) + 46, "The worked example: verdicts along the path, and the tests")
    high, low = example.entered[0] + 0.15, example.entered[example.enter - 1] - 0.5

    def x(level: float) -> float:
        return left + (right - left) * (high - level) / (high - low)

    def seen(count: int) -> str:
        return f"first {count}: {example.charge[:count].sum():.0f} charged, p = {example.p_value(count):.3f}"

    draw.text(left, 16, "strict: few verdicts", "soft")
    draw.text(right, 16, "lenient: many verdicts", "soft", "end")
    steps = example.steps()
    won = [step for step, passes in steps if passes and step.certifies][-1]
    for j, (step, passes) in enumerate(steps):
        last, color = step.whole == example.enter, "right" if passes else "wrong"
        at, y = right - 6 if last else x(example.entered[step.whole]) - 3, top + row * step.first - 2.5
        draw.line(at, 50, at, under, color, "5 3")
        takes = f"takes {'all' if last else step.whole}{', certified' if step is won else ''}"
        draw.text(at, 46 - 14 * (j % 2), takes, color, "middle")
        draw.line(left - 62, y, right + 8, y, color, "2 3")
        draw.text(right + 12, y + 4, f"{seen(step.first)} {'✓' if passes else '✗ stop'}", color)
        if step.whole < step.first:
            draw.text(right + 12, top + row * step.whole - 1, f"{seen(step.whole)} ✓", color)
    for i, human in enumerate(example.human):
        y, got = top + row * i, example.verdicts(i)
        tied = "tied" if got and (example.entered == example.entered[i]).sum() > 1 else ""
        draw.text(left - 66, y + 10, str(i + 1), "soft", "end")
        draw.text(left - 58, y + 10, f"charge {example.charge[i]:.0f}" if got else "never", "soft")
        draw.line(left, y + 6, right, y + 6, "line")
        for (level, tier, label), end in zip(got, [u for u, _, _ in got[1:]] + [low], strict=False):
            draw.box(x(level), y, x(end) - x(level), 12, "right" if label == human else "wrong")
            draw.text(x(level) + 3, y + 10, f"{'AB'[label]}{tier + 1}", "back")
        if tied:
            draw.text(x(example.entered[i]) - 12, y + 10, tied, "ink", "end")
    draw.line(left, under + 10, right, under + 10, "ink")
    for level in np.arange(np.ceil(low), high):
        draw.line(x(level), under + 7, x(level), under + 13, "ink")
        draw.text(x(level), under + 26, f"{level:.0f}", "soft", "middle")
    draw.text(right, under + 42, "level u (log-odds)", "soft", "end")
    draw.text(left, under + 42, "A2: label A, by tier 2; blue as people say, orange not", "soft")
    return draw.render()


def risk_figure() -> str:
    """``R(v)`` of a population of ties, its bad intervals, and the ranks of one draw of items."""
    mass, wrong = np.array(MASS), np.array(MASS) * RATE
    end = np.cumsum(mass)
    knots = np.append(0.0, np.stack([end - wrong, end], axis=1).ravel())  # in a tie what is right comes first
    errors = np.append(0.0, np.stack([np.cumsum(wrong) - wrong, np.cumsum(wrong)], axis=1).ravel())
    v = np.unique(np.append(np.linspace(1e-3, end[-1], 3000), knots[1:]))
    risk = np.interp(v, knots, errors) / v
    crossings = v[np.flatnonzero(np.diff((risk > ALPHA).astype(int)))]
    bad = list(zip(crossings[::2], crossings[1::2], strict=True))
    place = np.sort(np.random.default_rng(SEED).random(ITEMS))
    inside = place[place < end[-1]]
    points = checkpoints(ITEMS, ALPHA, DELTA, START)
    ranks = np.append(points[points < len(inside)], len(inside))

    left, right, bottom = 50.0, 780.0, 220.0
    draw = Drawing(330, "Risk along the path, bad intervals, ties and ranks")

    def x(at: float) -> float:
        return left + (right - left) * at

    def y(at: float) -> float:
        return bottom - 430 * at

    for i, (a, b) in enumerate(bad):
        draw.box(x(a), y(0.42), x(b) - x(a), bottom - y(0.42) + 62, "bad")
        draw.text(x((a + b) / 2), y(0.42) - 6, f"bad {i + 1}", "wrong", "middle")
        if any((inside < a).sum() <= k <= (inside < b).sum() for k in ranks):
            draw.text(x((a + b) / 2), bottom + 80, "rank within", "wrong", "middle")
        else:
            draw.text(x((a + b) / 2), bottom + 80, "none", "wrong", "middle")
    for i, (a, b) in enumerate(bad):
        marks = {"a": a, "b": b}
        if not any((inside < a).sum() <= k <= (inside < b).sum() for k in ranks):
            marks |= {"g": end[end < b].max(), "h": end[end > b].min()}
        for name, at in marks.items():
            draw.line(x(at), bottom, x(at), y(np.interp(at, v, risk)), "soft", "2 2")
            draw.text(x(at), bottom + 18, f"{name}{'₁₂₃'[i]}", "ink", "middle")
    draw.line(left, bottom, right, bottom, "ink")
    draw.line(left, y(ALPHA), right, y(ALPHA), "soft", "5 3")
    draw.text(left - 6, y(ALPHA) + 4, "α", "ink", "end")
    draw.text(left - 6, y(0.4) + 4, "R(v)", "ink", "end")
    for at in end:
        draw.line(x(at), bottom - 5, x(at), bottom + 5, "ink")
    draw.text(x(end[-1]), bottom + 18, "c", "ink", "middle")
    draw.curve([(x(at), y(r)) for at, r in zip(v[::6], risk[::6], strict=True)], "right")
    for at in inside:
        draw.line(x(at), bottom + 30, x(at), bottom + 40, "ink")
    for k in ranks:
        after = (inside[k - 1] + (inside[k] if k < len(inside) else end[-1])) / 2
        draw.text(x(after), bottom + 55, "▲", "right", "middle")
    draw.text(left - 6, bottom + 40, "items", "soft", "end")
    draw.text(left - 6, bottom + 55, "ranks", "right", "end")
    draw.text(
        left, bottom + 102, "ticks on the axis: ends of ties; in a tie what is right comes first", "soft"
    )
    return draw.render()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where the pictures are written")
    folder = parser.parse_args().folder
    (folder / "path.svg").write_text(path_figure(Example.of()), encoding="utf-8")
    (folder / "risk.svg").write_text(risk_figure(), encoding="utf-8")


if __name__ == "__main__":
    main()
