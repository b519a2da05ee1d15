"""What a bundle says of itself: which file is what, and a page for whoever opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from judgekit.errors import InputError
from judgekit.records import Record

ABOUT, README = "bundle.json", "README.txt"


class BundledCertificate(Record):
    """A certificate in a bundle, and the files that it was made from; paths start from the bundle's folder.

    Attributes
    ----------
    file : str
    evidence, labels : tuple of str
    rubric : str
        A rubric folder.
    """

    file: str
    evidence: tuple[str, ...]
    labels: tuple[str, ...] = ()
    rubric: str = ""


class BundleAbout(Record):
    """The contents of ``bundle.json``.

    Attributes
    ----------
    version : str
        Of the judgekit that packed it.
    without_texts, pseudonyms : bool
        What was left out, and replaced.
    certificates : tuple of BundledCertificate
    runs : tuple of str
        Run folders, whose verdicts are checked too.
    cascade : str
        A cascade file that makes the judges again; empty where it cannot.
    """

    schema_: Literal["judgekit.bundle/1"] = Field("judgekit.bundle/1", alias="schema")
    version: str = ""
    without_texts: bool = False
    pseudonyms: bool = False
    certificates: tuple[BundledCertificate, ...] = Field(min_length=1)
    runs: tuple[str, ...] = ()
    cascade: str = ""

    def check_inside(self, folder: Path) -> None:
        """Refuse paths that leave the bundle's folder, or lead to nothing.

        Raises
        ------
        InputError
            Naming the path.
        """
        named = [*self.runs, self.cascade]
        for one in self.certificates:
            named += [one.file, *one.evidence, *one.labels, one.rubric]
        root = folder.resolve()
        for name in filter(None, named):
            path = (folder / name).resolve()
            if not path.is_relative_to(root) or not path.exists():
                raise InputError(f"names '{name}', which is not in the bundle", path=folder / ABOUT)


def readme(about: BundleAbout, claims: dict[str, str], taken: tuple[str, ...], has_report: bool) -> str:
    """The page for a reviewer, in plain text.

    Parameters
    ----------
    about : BundleAbout
    claims : dict
        Certificate -> the sentence that it states.
    taken : tuple of str
        What no file shows.
    has_report : bool
        Whether there is a report.
    """
    stated = "\n".join(f"  {file}\n    {claim}" for file, claim in claims.items())
    left = ""
    if about.without_texts:
        left = _WITHOUT_TEXTS
    if about.pseudonyms:
        left += "\nAnnotators have pseudonyms (person-001, ...), and their comments are left out.\n"
    report = "  report.html       the report, for reading; nothing checks it. Make your own: judgekit report runs/*\n"
    return _README.format(
        stated=stated,
        left=left,
        report=report if has_report and not about.without_texts else "",
        items="items.jsonl, " if not about.without_texts else "",
        taken="".join(f"  - {one}\n" for one in taken),
        version=about.version,
    )


_WITHOUT_TEXTS = """
Texts are left out: questions, references, outputs, comments, reasons. Every number of the certificate can be computed
again without them, and so can the verdicts. What cannot be checked: that the evidence is what the judges say of these
outputs, and that people's labels fit them. Ids, the key of each question (a hash of its text, which whoever guesses the
text can recognize) and ten numbers on how each item's texts look (lengths, shares) are still here.
"""

_README = """A certificate of judgekit, with all that it was made from.

It states:
{stated}

TO VERIFY, on a machine of your own, with a judgekit of your own:

  pip install judgekit-certified=={version}
  judgekit verify bundle.zip

Everything is computed again from evidence and labels. The command ends with SAME, REFUSED (with the reason) or
NOT VERIFIED; its exit code is 0, 1 or 3.

WITHOUT judgekit, that the files are those of the list, in the unpacked folder:

  sha256sum -c SHA256SUMS

If the sender signed the bundle, and gave you their public key another way (allowed_signers holds: NAME KEY):

  ssh-keygen -Y verify -f allowed_signers -I NAME -n judgekit -s bundle.zip.sig < bundle.zip
{left}
WHAT IS WHAT
  calibrations/     the certificates, with the policies they certify; *.attacks.json: what the sender saw under attack
  labels/           people's labels; *.pool.json: which items were drawn before anybody answered
  evidence/         what the certificates were made from: {items}evidence.jsonl (what each judge said), run.json
  runs/             what was decided by them, the same files, and verdicts.jsonl
  rubrics/          the rubrics and their prompts
  cascade.yaml      the judges, without where they are served
{report}  bundle.json       which file is what
  SHA256SUMS        every file's SHA-256

WHAT NO FILE CAN SHOW, and is the sender's word:
{taken}
"""
