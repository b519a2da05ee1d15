"""A sitting from the first label to what comes of them: the page is served until somebody ends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from judgekit.labeling.page.desk import Desk
from judgekit.labeling.page.guard import Guard
from judgekit.labeling.page.server import listen, serve
from judgekit.labeling.page.session import OVERLAP
from judgekit.labeling.page.store import LabelFile
from judgekit.labeling.samples import Outcome, Sample


def sit(
    sample: Sample,
    labels: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    overlap: float = OVERLAP,
    opened: Callable[[str], None] = lambda link: None,
    finished: Callable[[Outcome], None] = lambda outcome: None,
) -> Outcome | None:
    """Ask people about a sample until Ctrl-C, then make of their labels what they were given for.

    Parameters
    ----------
    sample : Sample
    labels : Path
        The file that labels go to; where it holds some of this sample, the sitting goes on from there.
    host : str
        Address to listen on; another than loopback lets other machines in, over plain HTTP.
    port : int
        0 takes any that is free.
    overlap : float
        Share of the items that two people label, where several do.
    opened : callable
        Told the link once the page can be opened.
    finished : callable
        Told what comes of the labels whenever somebody asks for it on the page.

    Returns
    -------
    Outcome or None
        None where nobody labeled anything.

    Raises
    ------
    StoreBusy
        Another process writes to the label file.
    InputError
        The address cannot be listened on, or nothing can be made of the labels.
    """
    with LabelFile(labels) as file, closing(listen(host, port)) as listener:
        desk, guard = Desk(sample, file, overlap=overlap), Guard(host, listener.getsockname()[1])
        with suppress(KeyboardInterrupt):
            asyncio.run(serve(desk, guard, listener, opened=lambda: opened(guard.link), finished=finished))
        return desk.outcome or (sample.finish(labels) if desk.session.labels else None)
