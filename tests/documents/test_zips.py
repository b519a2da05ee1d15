"""Zip archives that others wrote."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from judgekit.documents.zips import DAMAGED


@pytest.mark.parametrize(
    "packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_whatever_byte_is_another_nothing_else_is_raised(packing: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as archive:
        archive.writestr("é", "some words " * 20)
    whole, draw, raised = made.getvalue(), random.Random(0), set()
    for at in range(len(whole)):
        raw = bytearray(whole)
        raw[at] ^= draw.randrange(1, 256)
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                for name in archive.namelist():
                    archive.read(name)
        except DAMAGED as error:
            raised.add(type(error))
    assert zipfile.BadZipFile in raised and len(raised) > 1
