"use strict";
// The table of items: filters, search, pages. Text reaches the page through textContent only.
(() => {
  const PAGE = 50;
  const [RUN, SPLIT, LABEL, TIER, STATE, CONFIDENCE, QUESTION, REFERENCE, OUTPUT, HUMAN, REASON, ID, PROMISE] = Array(13).keys();
  const { words, rows } = JSON.parse(document.getElementById("data").textContent);
  const section = document.getElementById("items");
  const form = section.querySelector("form");
  const body = section.querySelector("tbody");
  const [back, forth] = section.querySelectorAll(".pager button");
  const filters = { run: RUN, split: SPLIT, label: LABEL, tier: TIER, state: STATE };
  const unsure = rows.map((_, index) => index).sort((a, b) => (rows[a][CONFIDENCE] ?? -1) - (rows[b][CONFIDENCE] ?? -1));
  let lower = null; // made at the first search
  let found = [];
  let page = 0;

  for (const [name, column] of Object.entries(filters)) {
    const counts = new Map();
    for (const row of rows) counts.set(row[column], (counts.get(row[column]) || 0) + 1);
    form[name].add(new Option("all", ""));
    for (const [index, count] of counts) form[name].add(new Option(`${words[index] || "none"} (${count.toLocaleString("en")})`, index));
  }

  function element(tag, text, kind) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }

  function marked(text, needle, kind) {
    const made = element("span", "", kind);
    const where = needle ? text.toLowerCase().indexOf(needle) : -1;
    if (where < 0) made.textContent = text;
    else made.append(text.slice(0, where), element("mark", text.slice(where, where + needle.length)), text.slice(where + needle.length));
    return made;
  }

  function line(row, needle) {
    const made = element("tr");
    const verdict = element("td");
    verdict.append(element("span", words[row[LABEL]] || words[row[STATE]], "label"));
    const sure = row[CONFIDENCE] === null ? "" : `, ${(100 * row[CONFIDENCE]).toFixed(1)} % sure`;
    if (words[row[TIER]]) verdict.append(element("span", `by ${words[row[TIER]]}${sure}, ${words[row[PROMISE]]}`, "about"));
    if (words[row[REASON]]) verdict.append(element("span", words[row[REASON]], "about"));
    if (words[row[HUMAN]]) verdict.append(element("span", `people: ${words[row[HUMAN]]}`, "about"));
    verdict.append(element("span", [words[row[RUN]], words[row[SPLIT]], words[row[ID]]].filter(Boolean).join(" · "), "about"));
    const asked = element("td");
    asked.append(marked(words[row[QUESTION]], needle), marked(words[row[REFERENCE]], needle, "about"));
    const said = element("td");
    said.append(marked(words[row[OUTPUT]], needle, "long"));
    made.append(verdict, asked, said);
    return made;
  }

  function show() {
    const needle = form.search.value.trim().toLowerCase();
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    page = Math.min(Math.max(page, 0), pages - 1);
    body.replaceChildren(...found.slice(page * PAGE, (page + 1) * PAGE).map((index) => line(rows[index], needle)));
    section.querySelector(".count").textContent = `${found.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} items`;
    section.querySelector(".pager span").textContent = `page ${page + 1} of ${pages}`;
    back.disabled = page === 0;
    forth.disabled = page === pages - 1;
  }

  function filter() {
    const wanted = Object.entries(filters).filter(([name]) => form[name].value !== "").map(([name, column]) => [column, Number(form[name].value)]);
    const needle = form.search.value.trim().toLowerCase();
    if (needle && lower === null) lower = words.map((word) => word.toLowerCase());
    const hits = needle ? lower.map((word) => word.includes(needle)) : null;
    const order = form.order.value === "unsure" ? unsure : rows.keys();
    found = [];
    for (const index of order) {
      const row = rows[index];
      if (wanted.every(([column, value]) => row[column] === value) && (!hits || hits[row[QUESTION]] || hits[row[REFERENCE]] || hits[row[OUTPUT]])) found.push(index);
    }
    page = 0;
    show();
  }

  let waiting = 0;
  form.search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
  form.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of [back, forth]) button.addEventListener("click", () => { page += Number(button.dataset.step); show(); section.scrollIntoView(); });
  filter();
  section.dataset.ready = "true";
})();
