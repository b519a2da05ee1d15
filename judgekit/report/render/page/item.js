// One item: its line in the list, and all that is known of it once it is opened.
const itemView = (() => {
  const IDLE = new Set("a an and are as at be by for from had has have he her his i in is it its of on or she that the their they this to was were which who with you".split(" "));
  const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
  const SHOWN = 280; // characters of an output in the list
  const OTHERS = 20; // items of the same question that are shown

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const plain = (index, words, none) => (index < 0 ? none : words[index] || none);

  /** The text with each place of the search's words marked. */
  function searched(text, needle) {
    if (!needle) return [text];
    const made = [];
    const low = text.toLowerCase();
    let from = 0;
    // Where lower case changes the length, places do not line up: then nothing is marked.
    for (let at = low.length === text.length ? low.indexOf(needle) : -1; at >= 0; at = low.indexOf(needle, from)) {
      made.push(text.slice(from, at), make("mark", {}, text.slice(at, at + needle.length)));
      from = at + needle.length;
    }
    return [...made, text.slice(from)];
  }

  /** The words of texts that carry meaning, folded: no accents, no case. */
  function wordsOf(texts) {
    const found = new Set();
    for (const text of texts) for (const { segment, isWordLike } of segmenter.segment(text)) if (isWordLike && !IDLE.has(fold(segment))) found.add(fold(segment));
    return found;
  }

  /** The text with the words that are among `shared` marked; small words between two of them are marked along. */
  function marked(text, shared, needle) {
    const pieces = [...segmenter.segment(text)].map(({ segment, isWordLike }) => ({
      segment,
      is: isWordLike ? (shared.has(fold(segment)) ? "shared" : IDLE.has(fold(segment)) ? "idle" : "own") : "gap",
    }));
    const made = [];
    for (let i = 0; i < pieces.length; ) {
      let end = i + 1;
      if (pieces[i].is === "shared") {
        for (let j = end; j < pieces.length && pieces[j].is !== "own"; j++) if (pieces[j].is === "shared") end = j + 1;
      } else while (end < pieces.length && pieces[end].is !== "shared") end++;
      const run = pieces.slice(i, end).map((piece) => piece.segment).join("");
      made.push(...(pieces[i].is === "shared" ? [make("mark", { class: "shared" }, ...searched(run, needle))] : searched(run, needle)));
      i = end;
    }
    return made;
  }

  /** The start of a text, or the part around the search's words. */
  function excerpt(text, needle) {
    const at = needle ? text.toLowerCase().indexOf(needle) : -1;
    const from = at > SHOWN - 60 ? at - 60 : 0;
    const cut = text.slice(from, from + SHOWN);
    return (from ? "… " : "") + cut + (from + SHOWN < text.length ? " …" : "");
  }

  /** A label with its color; what is undecided has the state as its word. */
  const tag = (label, state = "") => make("span", { class: "label" }, make("span", { class: "dot", "data-label": label || "undecided", "aria-hidden": "true" }), label || address.value("state", state));

  /** Label and confidence of an item. */
  function decided(i) {
    const { label, state, confidence } = data.columns;
    const name = plain(label[i], data.words.labels, "");
    return [tag(name, data.words.states[state[i]]), name && !Number.isNaN(confidence[i]) ? make("span", { class: "sure" }, ` ${say.percent(confidence[i])}`) : ""];
  }

  /** Label, confidence and where an item comes from. */
  function verdict(i) {
    const { run, split } = data.columns;
    const where = [address.value("run", data.words.runs[run[i]]), data.words.splits[split[i]]].filter(Boolean).join(" · ");
    return make("span", { class: "verdict" }, decided(i), " ", make("span", { class: "where" }, where));
  }

  /** A line of the list; its texts come when they are read. */
  function line(i, needle) {
    const asked = make("span", { class: "asked" });
    const said = make("span", { class: "said" });
    const button = make("button", { type: "button", class: "line", "data-index": i, "aria-expanded": "false" }, verdict(i), asked, said);
    const filled = data.detail(i).then((known) => {
      asked.append(make("span", { class: "question" }, ...searched(known.question || known.id, needle)));
      if (known.references.length) asked.append(make("span", { class: "reference" }, ...searched(excerpt(known.references.join(" / "), needle), needle)));
      said.append(...searched(excerpt(known.outputs.join(" ⟂ "), needle), needle));
    });
    return { made: make("li", {}, button), filled };
  }

  /** All of an item, to stand under its line. */
  async function body(i, needle) {
    const known = await data.detail(i);
    const shared = wordsOf(known.references);
    const told = wordsOf(known.outputs);
    const texts = [
      ...known.references.map((text, n) => part(numbered("Reference", n, known.references), marked(text, told, needle))),
      ...known.outputs.map((text, n) => part(numbered("Output", n, known.outputs), text ? marked(text, shared, needle) : [make("em", {}, "empty")])),
      known.hops.length ? hops(known.hops) : "",
      judges(known.opinions),
      known.human.length ? people(known.human) : "",
      ...(await others(i)),
    ];
    return make("div", { class: "body", role: "region", "aria-label": `Item ${known.id}` }, make("div", { class: "facts" }, facts(i, known), link(i, known)), make("div", {}, texts));
  }

  const numbered = (name, n, all) => (all.length > 1 ? `${name} ${n + 1}` : name);
  const part = (name, content) => make("div", { class: "text" }, make("h3", {}, name), make("p", {}, ...content));

  function hops(all) {
    const steps = all.map((hop) => {
      const shared = wordsOf([hop.reference]);
      return make("li", {}, make("p", {}, hop.question), make("p", { class: "reference" }, hop.reference), make("p", {}, ...(hop.output ? marked(hop.output, shared, "") : [make("em", {}, "no output of its own")])));
    });
    return make("div", { class: "text hops" }, make("h3", {}, "Steps"), make("ol", {}, ...steps));
  }

  /** A table whose rows turn into cards on a phone; a cell that says nothing is left out there. */
  function grid(caption, columns, rows) {
    const cell = (content, n) => make(n ? "td" : "th", { scope: n ? null : "row", role: n ? "cell" : "rowheader", "data-column": columns[n], class: content === "" ? "none" : null }, content || "–");
    return make("table", { role: "table" },
      make("caption", {}, caption),
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...columns.map((name) => make("th", { scope: "col", role: "columnheader" }, name)))),
      make("tbody", { role: "rowgroup" }, ...rows.map((row) => make("tr", { role: "row" }, ...row.map(cell)))));
  }

  function judges(opinions) {
    if (!opinions.length) return "";
    const rows = opinions.map((said) => {
      const sure = Object.entries(said.probs ?? {}).sort((a, b) => b[1] - a[1]);
      return [
        [said.tier, said.model && !said.model.startsWith(said.tier) ? make("small", {}, said.model) : ""],
        sure.length ? [tag(said.label), bar(sure)] : make("em", {}, said.reason || "said nothing"),
        sure.length ? sure.map(([label, share], n) => [n ? ", " : "", make("span", { class: "whole" }, `${label} ${say.percent(share)}`)]) : "",
        doubts(said, sure),
        spent(said),
      ];
    });
    return grid("What each judge said", ["Judge", "Opinion", "Probabilities", "Doubts", "Took"], rows);
  }

  /** What speaks against an opinion: its annotators changed it with the order of options, or other text was likelier. */
  const doubts = (said, sure) => [
    said.order_inconsistency > 0 && `${say.percent(said.order_inconsistency)} of annotators flipped with the order of options`,
    said.mass < 0.995 && said.mass !== null && `${say.percent(1 - said.mass)} of its probability was on no label`,
    sure.length && said.reason,
  ].filter(Boolean).join("; ");

  const spent = (said) => [
    said.asks > 0 && `${say.count(said.asks)} prompt${said.asks === 1 ? "" : "s"}`,
    said.tokens > 0 && `${say.count(said.tokens)} tokens`,
    said.cost > 0 && say.dollars(said.cost),
    said.seconds > 0 && say.seconds(said.seconds),
  ].filter(Boolean).join(", ");

  /** Probabilities as one bar, the largest first. */
  function bar(sure) {
    let from = 0;
    const parts = sure.map(([label, share]) => {
      const rect = make("rect", { x: 100 * from, y: 0, width: Math.max(100 * share - 0.4, 0), height: 6, "data-label": label });
      from += share;
      return rect;
    });
    return make("svg", { class: "bar", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" }, ...parts);
  }

  function people(given) {
    return make("div", { class: "people" }, make("h3", {}, "What people said"), make("ul", {}, ...given.map((one) => make("li", {}, tag(one.label), one.person ? ` person ${one.person}` : "", one.note ? ` “${one.note}”` : ""))));
  }

  /** What was decided and why, what it stands under, and what it cost. */
  function facts(i, known) {
    const { state, tier, flags, probe, side } = data.columns;
    const by = plain(tier[i], data.words.tiers, "");
    const decided = data.words.states[state[i]] === "verdict";
    const score = known.confidence;
    const against = known.threshold;
    const rows = [
      ["Decision", [decided ? `by ${by || "the last judge"}` : address.value("state", data.words.states[state[i]]), known.reason ? `: ${known.reason}` : ""].join("")],
      typeof against === "number" && typeof score === "number" && ["Threshold", [`score ${score.toFixed(3)}, accepted from ${against.toFixed(3)}`, scale(score, against)]],
      ["Promise", known.promise || "none"],
      typeof known.cost === "number" && ["Cost", say.dollars(known.cost)],
      ["Side", address.value("side", data.words.sides[side[i]])],
      plain(probe[i], data.words.probes, "") && ["Asked by", data.words.probes[probe[i]]],
      flags[i] && ["Note", data.words.flags.filter((_, n) => flags[i] & (1 << n)).map((flag) => address.value("flag", flag)).join(", ")],
      ["Run", data.words.runs[data.columns.run[i]]],
      ["Id", known.id],
    ];
    return make("dl", {}, ...rows.filter(Boolean).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  }

  /** Where a score stood: a line from 0 to 1, a tick at the threshold, a point at the score. */
  function scale(score, threshold) {
    return make("svg", { class: "scale", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      make("rect", { class: "track", x: 0, y: 4, width: 100, height: 2 }),
      make("rect", { class: "room", x: 100 * threshold, y: 4, width: 100 * (1 - threshold), height: 2 }),
      make("rect", { class: "tick", x: Math.min(100 * threshold, 99.4), y: 0, width: 0.6, height: 10 }),
      make("rect", { class: "stood", x: Math.max(100 * score - 0.9, 0), y: 2, width: 1.8, height: 6 }));
  }

  /** The same question in other runs, and other samples and probes of it in this run. */
  async function others(i) {
    const { runs, samples } = select.siblings(i);
    const { run, rubric, probe } = data.columns;
    const table = async (caption, first, all, name) => {
      if (!all.length) return "";
      const rows = await Promise.all(all.slice(0, OTHERS).map(async (j) => {
        const known = await data.detail(j);
        const href = address.item({ run: data.words.runs[run[j]], rubric: data.words.rubrics[rubric[j]], id: known.id });
        return [make("a", { href }, name(j, known)), decided(j), make("span", { class: "said" }, excerpt(known.outputs.join(" ⟂ "), ""))];
      }));
      return grid(caption + (all.length > OTHERS ? ` (${OTHERS} of ${say.count(all.length)})` : ""), [first, "Label", "Output"], rows);
    };
    return [
      await table("The same question in other runs", "Run", runs, (j) => address.value("run", data.words.runs[run[j]])),
      await table("Other samples and probes of the question", "Item", samples, (j, known) => [plain(probe[j], data.words.probes, ""), known.id].filter(Boolean).join(" · ")),
    ];
  }

  function link(i, known) {
    const { run, rubric } = data.columns;
    const href = address.item({ run: data.words.runs[run[i]], rubric: data.words.rubrics[rubric[i]], id: known.id });
    return make("p", { class: "links" }, make("a", { href, class: "copy" }, "Copy link to this item"));
  }

  return { line, body, marked, wordsOf };
})();
