"""One row for each system of the field: recipes that turn recorded measures and judged labels into its table.

Each takes plain outcomes (dicts per question) and gives a `Table`; see ``docs/recipes.md``.

Here: one module a published analysis. Not here: what every report shows.
"""

from judgekit.report.recipes.base import Row, Table
from judgekit.report.recipes.closer_look import closer_look
from judgekit.report.recipes.eco import eco
from judgekit.report.recipes.edit_reversal import Edit, edit_reversal
from judgekit.report.recipes.formats import formats
from judgekit.report.recipes.multi_hop import Chain, multi_hop
from judgekit.report.recipes.relearning import Relearned, relearning
from judgekit.report.recipes.rtt import Retrained, read_rtt, rtt
from judgekit.report.recipes.unierase import Round, precise, unierase
from judgekit.report.recipes.uwc import Candidate, pick, uwc

__all__ = [
    "Candidate",
    "Chain",
    "Edit",
    "Relearned",
    "Retrained",
    "Round",
    "Row",
    "Table",
    "closer_look",
    "eco",
    "edit_reversal",
    "formats",
    "multi_hop",
    "pick",
    "precise",
    "read_rtt",
    "relearning",
    "rtt",
    "unierase",
    "uwc",
]
