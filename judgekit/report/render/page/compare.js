// Two runs side by side. The address bar holds which ("#compare?first=…&second=…") and which flow is read ("rubric" or
// "side", "from", "to", "page"); every control only changes the address bar.
(async () => {
  const PAGE = 10;
  const root = document.getElementById("flows");
  if (!root) return;
  const [chosen, narrowed] = root.querySelectorAll("form");
  const notice = root.querySelector(".notice");
  const pictures = root.querySelector(".pictures");
  const beside = root.querySelector(".beside");
  const list = beside.querySelector(".read");
  const pager = beside.querySelector(".pager");
  const rubrics = JSON.parse(root.dataset.rubrics);
  let state = new URLSearchParams();
  let drawn = []; // the flows of both runs, a rubric each
  let shown = 0; // counts what was asked for, so that an answer that comes late is dropped

  await data.ready;

  const read = (fragment) => {
    const [, query] = /^#compare\?(.*)$/s.exec(fragment) ?? [];
    return query === undefined ? null : new URLSearchParams(query);
  };
  const write = (of) => `#compare?${of}`;

  /** The state with these keys set; an empty one is left out. */
  function set(of, keys) {
    const next = new URLSearchParams(of);
    for (const [key, value] of Object.entries(keys)) {
      if (value === null) next.delete(key);
      else next.set(key, value);
    }
    if (!("page" in keys)) next.delete("page");
    return next;
  }

  const run = (key) => (data.words.runs.includes(state.get(key)) ? state.get(key) : pictures.dataset[key]);

  /** What a reader sees of a run. */
  const title = (key) => chosen[key].selectedOptions[0].text;

  /** A flow's items, as the item table finds them. */
  function items(found, from, to) {
    const is = (label, key, stateKey) => (found.rubric.labels.includes(label) ? [[key, label]] : [[key, ""], [stateKey, label]]);
    return `#items?${new URLSearchParams([["run", run("second")], ["rubric", found.rubric.name], ...is(to, "label", "state"), ["against", run("first")], ...is(from, "from", "was")])}`;
  }

  const texts = (from, to, count) => (from === to ? `${say.count(count)} ${from} in both runs` : `${say.count(count)} ${from} in the first run, ${to} in the second`);

  /** A label's color: what it counts as has one in the whole page; other labels take those of lines, in their order. */
  function color(rubric) {
    const named = new Set(["leaked", "partial", "withheld", "wrong", "degenerate", "correct", "refused"]);
    return (label) => {
      const as = rubric.counts_as[label] ?? label;
      const at = rubric.labels.indexOf(label);
      return named.has(as) ? `var(--label-${as})` : at < 0 ? "var(--undecided)" : `var(--series-${at % 8})`;
    };
  }

  function tag(label, rubric) {
    const dot = make("span", { class: "dot", "aria-hidden": "true" });
    dot.style.background = color(rubric)(label);
    return make("span", { class: "label" }, dot, label);
  }

  /** One rubric: sentences, the picture, the same counts as a table. */
  function picture(found) {
    const { rubric } = found;
    return make("div", { class: "picture", "data-rubric": rubric.name },
      make("h4", {}, rubric.name[0].toUpperCase() + rubric.name.slice(1), make("small", {}, ` ${say.items(found.pairs.length)} that both runs have`)),
      make("ul", { class: "said" }, ...flows.sentences(found, title("first"), title("second")).map((text) => make("li", {}, text))),
      make("div", { class: "heads", "aria-hidden": "true" }, make("span", {}, title("first")), make("span", {}, title("second"))),
      make("div", { class: "canvas" }),
      table(found));
  }

  function table(found) {
    const rows = flows.each(found).map(([from, to, count]) => make("tr", {},
      make("td", {}, tag(from, found.rubric)),
      make("td", {}, tag(to, found.rubric)),
      make("td", { class: "number" }, make("a", { href: items(found, from, to), "data-count": count }, say.count(count))),
      make("td", {}, make("a", { href: write(set(state, { first: run("first"), second: run("second"), rubric: found.rubric.name, side: null, from, to })), "aria-label": `Read ${texts(from, to, count)} side by side` }, "read"))));
    const heads = ["First run", "Second run", "Outputs", "Both"];
    return make("table", { class: "counts" },
      make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...rows));
  }

  /** The pictures at the width that there is for them. */
  function draw() {
    for (const found of drawn) {
      const canvas = pictures.querySelector(`[data-rubric="${CSS.escape(found.rubric.name)}"] .canvas`);
      canvas?.replaceChildren(ribbons.draw(found, Math.round(canvas.clientWidth) || 480, {
        color: color(found.rubric),
        link: ([from, to]) => items(found, from, to),
        tell: ([from, to, count]) => texts(from, to, count),
      }));
    }
  }

  async function show(next) {
    const turn = ++shown;
    state = next;
    const [first, second] = [run("first"), run("second")];
    chosen.first.value = first;
    chosen.second.value = second;
    const strange = ["first", "second"].map((key) => state.get(key)).filter((name) => name && !data.words.runs.includes(name));
    notice.textContent = strange.length ? `The link asks for the run ${strange.map((name) => `“${name}”`).join(" and ")}, which this report does not have.` : "";
    const number = (name) => data.words.runs.indexOf(name);
    drawn = first === second ? [] : rubrics.map((rubric) => flows.count(number(first), number(second), rubric)).filter((found) => found.pairs.length);
    pictures.replaceChildren(...drawn.map(picture));
    if (!drawn.length) pictures.replaceChildren(make("p", {}, first === second ? "Choose two runs." : `${title("first")} and ${title("second")} have no question in common.`));
    draw();
    await narrow(turn);
    if (turn === shown) root.dataset.ready = "true";
  }

  /** The flow to read: the one asked for, else the largest that changed what a rubric is about. */
  function flow(found) {
    if (state.has("from") || state.has("to")) return [state.get("from") ?? "", state.get("to") ?? ""];
    const about = { forget: "leaked", keep: "correct" }[found.rubric.side];
    const as = (label) => found.rubric.counts_as[label] ?? label;
    const all = flows.each(found).sort((a, b) => b[2] - a[2]);
    const [from, to] = all.find(([a, b]) => as(a) === about && as(b) !== about) ?? all.find(([a, b]) => a !== b) ?? all[0];
    return [from, to];
  }

  async function narrow(turn) {
    beside.hidden = !drawn.length;
    if (!drawn.length) return;
    const found = drawn.find(({ rubric }) => rubric.name === state.get("rubric")) ?? drawn.find(({ rubric }) => rubric.side === state.get("side")) ?? drawn[0];
    const [from, to] = flow(found);
    const totals = (which) => found.labels.map((label, at) => [label, found.pairs.filter((pair) => pair[2 + which] === at).length]).filter(([, count]) => count);
    const option = ([label, count]) => new Option(`${label} (${say.count(count)})`, label);
    narrowed.rubric.replaceChildren(...drawn.map(({ rubric }) => new Option(rubric.name)));
    narrowed.rubric.value = found.rubric.name;
    narrowed.rubric.closest("label").hidden = drawn.length === 1;
    for (const [select, which, value] of [[narrowed.from, 0, from], [narrowed.to, 1, to]]) {
      select.replaceChildren(new Option("any label", ""), ...totals(which).map(option));
      select.value = value;
    }
    const meant = (label, at) => !label || found.labels[at] === label;
    await fill(found, found.pairs.filter(([, , a, b]) => meant(from, a) && meant(to, b)), turn);
  }

  async function fill(found, pairs, turn) {
    const pages = Math.max(1, Math.ceil(pairs.length / PAGE));
    const page = Math.min(Math.max(Math.trunc(Number(state.get("page"))) || 1, 1), pages);
    const lines = await Promise.all(pairs.slice((page - 1) * PAGE, page * PAGE).map((pair) => line(found, pair)));
    if (turn !== shown) return;
    list.replaceChildren(...lines);
    list.start = (page - 1) * PAGE + 1;
    beside.querySelector(".count").textContent = say.items(pairs.length);
    pager.hidden = pages === 1;
    pager.querySelector("span").textContent = `page ${say.count(page)} of ${say.count(pages)}`;
    for (const [button, to] of [[pager.firstElementChild, page - 1], [pager.lastElementChild, page + 1]]) {
      button.disabled = to < 1 || to > pages;
      button.dataset.page = to;
    }
  }

  /** One question with what either run answered, words shared with the reference marked. */
  async function line(found, [one, other]) {
    const [before, after] = await Promise.all([data.detail(one), data.detail(other)]);
    const shared = itemView.wordsOf(after.references);
    const side = (i, known, key) => make("div", { class: "side" },
      make("p", { class: "verdict" }, tag(flows.named(i), found.rubric), sure(i), " ", make("a", { href: address.item({ run: run(key), rubric: found.rubric.name, id: known.id }), "aria-label": `All on this output of ${title(key)}` }, title(key))),
      make("p", { class: "output" }, known.outputs.join("") ? itemView.marked(known.outputs.join(" ⟂ "), shared, "") : make("em", {}, "empty")));
    return make("li", {},
      make("div", { class: "asked" }, make("p", {}, after.question || after.id), make("p", { class: "reference" }, after.references.join(" / "))),
      side(one, before, "first"), side(other, after, "second"));
  }

  function sure(i) {
    const share = data.columns.confidence[i];
    return data.columns.label[i] < 0 || Number.isNaN(share) ? "" : make("span", { class: "sure" }, ` ${say.percent(share)}`);
  }

  /** Go to a state as if its link had been clicked, but stay where the reader is. */
  function go(next) {
    history.pushState({ shown: true }, "", write(next));
    return show(next);
  }

  /** Show what the address bar asks for; someone who followed a link is taken there. */
  async function arrive() {
    const asked = read(location.hash);
    if (!asked) return;
    const followed = !history.state?.shown;
    if (followed) history.replaceState({ shown: true }, "");
    await show(asked);
    if (!followed) return;
    const target = asked.has("from") || asked.has("to") ? beside.querySelector("h4") : root;
    target.scrollIntoView();
    if (target !== root) target.focus({ preventScroll: true });
  }

  const both = () => ({ first: chosen.first.value, second: chosen.second.value });
  chosen.addEventListener("change", () => go(set(state, { ...both(), from: null, to: null })));
  chosen.querySelector(".swap").addEventListener("click", () => go(set(state, { first: chosen.second.value, second: chosen.first.value, from: state.get("to"), to: state.get("from") })));
  narrowed.rubric.addEventListener("change", () => go(set(state, { ...both(), rubric: narrowed.rubric.value, side: null, from: null, to: null })));
  for (const select of [narrowed.from, narrowed.to]) select.addEventListener("change", () => go(set(state, { ...both(), rubric: narrowed.rubric.value, side: null, from: narrowed.from.value, to: narrowed.to.value })));
  for (const form of [chosen, narrowed]) form.addEventListener("submit", (event) => event.preventDefault());
  pager.addEventListener("click", async (event) => {
    const page = event.target.closest("button")?.dataset.page;
    if (!page) return;
    await go(set(state, { ...both(), page }));
    beside.scrollIntoView();
    beside.querySelector("h4").focus({ preventScroll: true });
  });

  let waiting = 0;
  window.addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(draw, 120); });
  window.addEventListener("hashchange", arrive);
  window.addEventListener("popstate", () => read(location.hash) && history.state?.shown && show(read(location.hash)));
  chosen.hidden = false;
  await show(read(location.hash) ?? new URLSearchParams());
  await arrive();
})();
