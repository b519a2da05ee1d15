"""How many items are run: on this machine (``local``), or by a distributed engine (``ray``)."""
