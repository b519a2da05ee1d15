"""What a text that uses a report's figures should cite: the tool, the judging, the certificates and the method."""

from __future__ import annotations

from judgekit.report.about import About

METHOD = "Jung, Brahman and Choi, Trust or Escalate: LLM Judges with Provable Guarantees for Human Agreement, ICLR 2025"
"""The paper whose guarantee judgekit builds on; ``CITATION.cff`` says the same."""


def citation(about: About) -> str:
    """One line: judgekit's version, day and judges, the certificates that stand, and the method's paper."""
    return f"{made_by(about)}. Method: {METHOD}."


def made_by(about: About) -> str:
    """The same without the paper and the final period: 'judgekit 0.1.0; judged 2026-05-02 by lexical; …'."""
    judges = ", ".join(about.judges) or "judges that the runs do not name"
    when = f"{'–'.join(dict.fromkeys(about.judged))} " if about.judged else ""
    kept = ", ".join(about.certificates)
    promise = (
        f"certificate{'s' if len(about.certificates) > 1 else ''} {kept}" if kept else "no certificate stands"
    )
    return f"judgekit {about.version}; judged {when}by {judges}; {promise}"
