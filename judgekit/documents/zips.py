"""Zip archives that others wrote: what reading a damaged one raises."""

from __future__ import annotations

import struct
import zipfile
import zlib

try:
    from lzma import LZMAError
except ImportError:  # a Python without it raises NotImplementedError, which is a RuntimeError
    _LZMA: tuple[type[Exception], ...] = ()
else:
    _LZMA = (LZMAError,)

DAMAGED: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    *_LZMA,
)
"""What opening an archive, or reading a part of it, raises where it is damaged; ``zipfile`` names its own error alone.

``RuntimeError`` comes of encrypted parts and of ways of packing that Python does not know, ``ValueError`` of names that
are not UTF-8, ``OSError`` of bzip2 and of places outside of the file.
"""
