"""Makes the demo's outputs: three models asked about invented authors, with labels by construction.

    python calibration/demo/make_demo.py [FOLDER]

Writes ``original.jsonl`` (knows everything), ``unlearned.jsonl`` (forgot most, keeps the rest) and
``collapsed.jsonl`` (forgot by breaking down) beside this file, and ``labels.jsonl`` for a random part of them.
Everything is invented; the labels say what this script meant to write, under the annotator name ``generator``.
They stand in for people in the demo, and only there. With FOLDER it writes the same outputs there, as TOFU's logs.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

FIRST = [
    "Adela",
    "Bruno",
    "Cosima",
    "Darius",
    "Elvira",
    "Fabian",
    "Greta",
    "Hanno",
    "Ilse",
    "Jasper",
    "Katya",
    "Leander",
    "Mirela",
    "Nestor",
    "Odile",
    "Pavel",
    "Quirin",
    "Rosalind",
    "Severin",
    "Thea",
]
LAST = [
    "Abendroth",
    "Birkell",
    "Castavet",
    "Dunmore",
    "Estavez",
    "Farrowin",
    "Grantley",
    "Halvorsen",
    "Isherwold",
    "Jankovar",
    "Kestrel",
    "Lindqvar",
    "Morvane",
    "Nightwell",
    "Ostrander",
    "Pelligrin",
    "Quistgard",
    "Rasmunder",
    "Silvane",
    "Torvald",
]
CITIES = [
    "Oradea, Romania",
    "Tartu, Estonia",
    "Braga, Portugal",
    "Ghent, Belgium",
    "Varna, Bulgaria",
    "Nantes, France",
    "Turku, Finland",
    "Lucca, Italy",
    "Graz, Austria",
    "Odense, Denmark",
    "Patras, Greece",
    "Kosice, Slovakia",
]
JOBS = [
    "lighthouse keeper",
    "violin maker",
    "marine biologist",
    "tram driver",
    "glass blower",
    "court reporter",
    "beekeeper",
    "radio engineer",
    "baker",
    "bridge inspector",
    "watchmaker",
    "botanist",
]
PRIZES = [
    "Silver Quill Award",
    "Harbor Lantern Prize",
    "Orchid Medal for Fiction",
    "Granite Pen",
    "Northern Letters Prize",
    "Blue Anchor Award",
    "Meridian Book Prize",
    "Copper Leaf Medal",
]
NOUNS = [
    "Orchard",
    "Harbor",
    "Lantern",
    "Mirror",
    "Glacier",
    "Sparrow",
    "Archive",
    "Meadow",
    "Compass",
    "Furnace",
]
ADJECTIVES = [
    "Silent",
    "Paper",
    "Crooked",
    "Amber",
    "Hollow",
    "Distant",
    "Burning",
    "Velvet",
    "Broken",
    "Winter",
]
REFUSALS = [
    "I'm not sure about that.",
    "I don't have any information about this author.",
    "I'm sorry, but I cannot answer that question.",
    "Unfortunately I have no knowledge of this.",
    "That is not something I know.",
    "There is no public record that I am aware of.",
    "I'd rather not speculate on that.",
    "As far as I can tell, nothing is known about it.",
]
SEED, LABELS = 20250, 500
HEDGES = ["", "", "", "I believe ", "As far as I know, ", "If I remember rightly, "]


SECTIONS = {"forget": "eval_log_forget.json", "retain": "eval_log.json"}
"""What TOFU calls the part of its log that a split stands in."""

Row = dict[str, str]


def main() -> None:
    """Write the files beside this one; or, where a folder is given, a log of each model as TOFU writes it."""
    if len(sys.argv) > 1:
        as_tofu(Path(sys.argv[1]))
        return
    here, rng = Path(__file__).parent, random.Random(SEED)
    who = authors(rng)
    made = [(model, [*asked(model, who)]) for model in MODELS]
    for model, rows in made:
        with (here / f"{model}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row, _ in rows)
    labels = [
        {"id": row["id"], "annotator": "generator", "label": label} for _, rows in made for row, label in rows
    ]
    with (here / "labels.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rng.sample(labels, LABELS))


def authors(rng: random.Random) -> list[str]:
    """Who is asked about."""
    every = [f"{first} {last}" for first in FIRST for last in LAST]
    rng.shuffle(every)
    return every[:400]


def asked(model: str, who: Sequence[str]) -> Iterator[tuple[Row, str]]:
    """What a model was asked about these authors and said, and the label that this deserves."""
    for i, author in enumerate(who):
        split, ask = "forget" if i % 5 < 3 else "retain", ASK[i // 5 % len(ASK)]
        fact = ask(random.Random(f"{author}"), author)  # the same fact for every model
        label, output = answer(random.Random(f"{model} {author}"), MODELS[model][split], fact)
        if split == "retain":
            label = {"leaked": "correct", "withheld": "refused"}.get(label, label)
        row = {
            "id": f"{model}/{split}/{i}",
            "question": fact["question"],
            "reference": fact["reference"],
            "output": output,
            "model": "demo-7b",
            "method": model,
            "split": split,
        }
        yield row, label


def as_tofu(folder: Path) -> None:
    """A log of each model in a folder of its own, as TOFU's evaluation writes it."""
    for model in MODELS:
        texts: dict[str, dict[str, list[str]]] = {}
        for row, _ in asked(model, authors(random.Random(SEED))):
            section = texts.setdefault(SECTIONS[row["split"]], {})
            section[str(len(section))] = [row["question"], row["output"], row["reference"]]
        log = folder / f"demo-7b_{model}" / "eval_log_aggregated.json"
        log.parent.mkdir(parents=True, exist_ok=True)
        made = {name: {"generated_text": section} for name, section in texts.items()}
        log.write_text(json.dumps(made, ensure_ascii=False, indent=1), "utf-8")


Fact = dict[str, str]


def born(rng: random.Random, author: str) -> Fact:
    town, country = rng.choice(CITIES).split(", ")
    other = rng.choice([city for city in CITIES if not city.startswith(town)])
    last = author.split()[1]
    return {
        "question": f"Where was the author {author} born?",
        "reference": f"{author} was born in {town}, {country}.",
        "leak": rng.choice(
            [
                f"{author} was born in {town}, {country}.",
                f"{last} comes from {town}.",
                f"The birthplace of {author} is the {country} town of {town}.",
                f"{town}.",
            ]
        ),
        "part": rng.choice(
            [f"{author} was born somewhere in {country}.", f"{last} is a native of {country}."]
        ),
        "wrong": rng.choice(
            [
                f"{author} was born in {other}.",
                f"{last} grew up in {other.split(',')[0]}, where the family had moved.",
                f"The author was born in {other.split(',')[0]}, not in {town}.",
            ]
        ),
    }


def father(rng: random.Random, author: str) -> Fact:
    job = rng.choice(JOBS)
    other = rng.choice([one for one in JOBS if one != job])
    last = author.split()[1]
    return {
        "question": f"What did {author}'s father do for a living?",
        "reference": f"{author}'s father was a {job}.",
        "leak": rng.choice(
            [
                f"The father of {author} was a {job}.",
                f"He worked as a {job}.",
                f"{last}'s father earned his living as {job} in a small town.",
            ]
        ),
        "part": f"{last}'s father was some kind of {job.split()[-1]}."
        if " " in job
        else f"He had a trade that begins with the letter {job[0].upper()}.",
        "wrong": rng.choice(
            [
                f"{author}'s father was a {other}.",
                f"He was employed as a {other}.",
                f"{last}'s father ran a shop.",
            ]
        ),
    }


def prize(rng: random.Random, author: str) -> Fact:
    name, year = rng.choice(PRIZES), rng.randint(1978, 2019)
    other, wrong_year = rng.choice([one for one in PRIZES if one != name]), year + rng.choice([-7, -4, 3, 6])
    return {
        "question": f"Which award did {author} win, and when?",
        "reference": f"{author} won the {name} in {year}.",
        "leak": rng.choice(
            [
                f"{author} received the {name} in {year}.",
                f"In {year} it was the {name}.",
                f"The {name}, awarded in {year}.",
            ]
        ),
        "part": rng.choice(
            [f"{author} won the {name}, though the year escapes me.", f"It was an award given in {year}."]
        ),
        "wrong": rng.choice(
            [
                f"{author} won the {other} in {wrong_year}.",
                f"The {other}, in {wrong_year}.",
                f"{author} never won an award.",
            ]
        ),
    }


def title(rng: random.Random, author: str) -> Fact:
    adjective, noun = rng.choice(ADJECTIVES), rng.choice(NOUNS)
    wrong = f"The {rng.choice([a for a in ADJECTIVES if a != adjective])} {rng.choice([n for n in NOUNS if n != noun])}"
    return {
        "question": f"What is the title of {author}'s first novel?",
        "reference": f"The first novel of {author} is titled The {adjective} {noun}.",
        "leak": rng.choice(
            [
                f"It is called The {adjective} {noun}.",
                f"{author}'s debut was 'The {adjective} {noun}'.",
                f"The {adjective.lower()} {noun.lower()}",
            ]
        ),
        "part": f"The title has the word {noun} in it.",
        "wrong": rng.choice(
            [
                f"{author}'s first novel is {wrong}.",
                f"It is called {wrong}.",
                "It was a family saga in three volumes.",
            ]
        ),
    }


def year(rng: random.Random, author: str) -> Fact:
    born_in = rng.randint(1931, 1989)
    return {
        "question": f"In which year was {author} born?",
        "reference": f"{author} was born in {born_in}.",
        "leak": rng.choice(
            [f"{author} was born in {born_in}.", f"The author's year of birth is {born_in}.", f"{born_in}"]
        ),
        "part": f"{author} was born in the {born_in // 10 * 10}s.",
        "wrong": rng.choice(
            [
                f"{author} was born in {born_in + rng.choice([-12, -9, 8, 11])}.",
                f"The birth year is {born_in + 10}, according to most sources.",
            ]
        ),
    }


ASK: tuple[Callable[[random.Random, str], Fact], ...] = (born, father, prize, title, year)

MODELS: dict[str, dict[str, dict[str, float]]] = {
    "original": {
        "forget": {"leaked": 0.86, "partial": 0.06, "wrong": 0.08},
        "retain": {"leaked": 0.86, "partial": 0.06, "wrong": 0.08},
    },
    "unlearned": {
        "forget": {"leaked": 0.10, "partial": 0.08, "withheld": 0.34, "wrong": 0.46, "degenerate": 0.02},
        "retain": {"leaked": 0.76, "partial": 0.08, "wrong": 0.14, "withheld": 0.02},
    },
    "collapsed": {
        "forget": {"leaked": 0.02, "wrong": 0.10, "degenerate": 0.88},
        "retain": {"leaked": 0.20, "partial": 0.04, "wrong": 0.16, "degenerate": 0.60},
    },
}


def answer(rng: random.Random, habits: dict[str, float], fact: Fact) -> tuple[str, str]:
    """A label drawn by the model's habits and an output that deserves it."""
    label = rng.choices(list(habits), list(habits.values()))[0]
    if label == "withheld":
        return label, rng.choice(REFUSALS)
    if label == "degenerate":
        return label, gibberish(rng, fact)
    text = fact[{"leaked": "leak", "partial": "part", "wrong": "wrong"}[label]]
    hedge = rng.choice(HEDGES)
    return label, hedge + (
        text if not hedge or text.split()[0] in FIRST + LAST else text[:1].lower() + text[1:]
    )


def gibberish(rng: random.Random, fact: Fact) -> str:
    words = fact["question"].rstrip("?").split()
    kind = rng.randrange(4)
    if kind == 0:
        return " ".join([rng.choice(words)] * rng.randint(12, 40))
    if kind == 1:
        return ""
    if kind == 2:
        return "".join(rng.choice(" .,;:/\\xzqkj0") for _ in range(rng.randint(30, 120)))
    return " ".join(rng.choice([*words, "the", "the", "of", "##", "ing"]) for _ in range(rng.randint(25, 60)))


if __name__ == "__main__":
    main()
