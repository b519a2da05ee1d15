// A table of the class "sortable" is sorted by the heading that is pressed: first the better end up, then the other,
// then as the rows stood. Each part of the table (tbody) is sorted by itself, so that baselines stay apart.
(() => {
  const OTHER = { ascending: "descending", descending: "ascending" };

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    const stood = [...table.tBodies].map((body) => [...body.rows]);
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const { first } = head.dataset;
        const now = head.getAttribute("aria-sort");
        const next = now === null ? first : now === first ? OTHER[first] : null;
        for (const other of heads) other.removeAttribute("aria-sort");
        if (next) head.setAttribute("aria-sort", next);
        [...table.tBodies].forEach((body, part) => body.append(...(next ? sorted(stood[part], column, next) : stood[part])));
      });
    });
  }

  /** The rows by the value or the text of a column; rows without a value come last in either direction. */
  function sorted(rows, column, direction) {
    const sign = direction === "ascending" ? 1 : -1;
    const key = ({ cells }) => {
      const { sort } = cells[column].dataset;
      if (sort !== undefined) return Number(sort);
      return cells[column].tagName === "TH" ? cells[column].textContent : null;
    };
    return rows
      .map((row) => [row, key(row)])
      .sort(([, a], [, b]) => {
        if (a === null || b === null) return (a === null) - (b === null);
        return sign * (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
      })
      .map(([row]) => row);
  }
})();
