"""The items of a report inside its page.

Here: the facts of items as compressed blocks that the page's ``data.js`` reads. Not here: what the facts are
(:mod:`judgekit.report.items`), and what the page does with them (``page/items.js``).
"""

from judgekit.report.render.items.pack import cut, packed

__all__ = ["cut", "packed"]
