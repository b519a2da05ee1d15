"""The things that flow: items, human labels, evidence and verdicts. Frozen, validated, versioned.

Every class refuses unknown keys. Files of these records are described in ``docs/files.md``.

Here: what an item, a label, an opinion and a verdict hold, and what of it is refused. Not here: reading and writing
their files (:mod:`judgekit.readers`, :mod:`judgekit.runs`).
"""

from __future__ import annotations

from judgekit.records.base import R as R
from judgekit.records.base import Record as Record
from judgekit.records.base import explain as explain
from judgekit.records.base import parse as parse
from judgekit.records.base import several as several
from judgekit.records.items import CANNOT_TELL as CANNOT_TELL
from judgekit.records.items import EDITED as EDITED
from judgekit.records.items import Hop as Hop
from judgekit.records.items import HumanLabel as HumanLabel
from judgekit.records.items import Item as Item
from judgekit.records.items import LabelRow as LabelRow
from judgekit.records.items import Recorded as Recorded
from judgekit.records.items import question_key as question_key
from judgekit.records.judged import NO_OPINION as NO_OPINION
from judgekit.records.judged import PEOPLE as PEOPLE
from judgekit.records.judged import Evidence as Evidence
from judgekit.records.judged import EvidenceRow as EvidenceRow
from judgekit.records.judged import ItemResult as ItemResult
from judgekit.records.judged import ItemRow as ItemRow
from judgekit.records.judged import Verdict as Verdict
from judgekit.records.judged import kind_of as kind_of
