"""Handing a certificate on to somebody who does not trust whoever shows it.

Here: making a certificate again from its files and saying where it differs, and one file that holds all of it for a
reviewer. Not here: how anything is certified (:mod:`judgekit.calibration`), decided or reported; and no cryptography
but SHA-256, since signing is for tools that do nothing else (``docs/verifying.md``).
"""
