// Which items a state shows, in which order, and how many each further filter would leave. Only typed arrays are
// read, so that 100,000 items take a few milliseconds.
const select = (() => {
  const COLUMNS = ["run", "side", "rubric", "split", "label", "human", "tier", "state", "probe"];
  const orders = new Map();
  const partners = new Map();

  /** Item by item the same question in a run: its index, or -1. Kept, since it takes a pass over all items. */
  function partner(run) {
    if (!partners.has(run)) {
      const { pair, run: runs } = data.columns;
      const there = new Map();
      for (let i = 0; i < data.n; i++) if (runs[i] === run) there.set(pair[i], i);
      partners.set(run, Int32Array.from(pair, (one, i) => (runs[i] === run ? -1 : (there.get(one) ?? -1))));
    }
    return partners.get(run);
  }

  /** All items in an order of address.ORDERS. They are stored with the most confident leaks first. */
  function ordered(name) {
    if (!orders.has(name)) {
      const { confidence, margin, question, pair, run } = data.columns;
      const last = (value) => (Number.isNaN(value) ? Infinity : value);
      const first = (value) => (Number.isNaN(value) ? -1 : value);
      const by = {
        unsure: (a, b) => first(confidence[a]) - first(confidence[b]) || a - b,
        threshold: (a, b) => (last(margin[a]) === last(margin[b]) ? a - b : last(margin[a]) - last(margin[b])),
        question: (a, b) => question[a] - question[b] || pair[a] - pair[b] || run[a] - run[b],
      }[name];
      const all = Uint32Array.from({ length: data.n }, (_, i) => i);
      orders.set(name, by ? all.sort(by) : all);
    }
    return orders.get(name);
  }

  /** A test of one key: which items pass, and which value an item has, for counting. */
  function tests(state, hits, only) {
    const columns = data.columns;
    const made = [];
    const allowed = (key) => {
      const words = data.words[address.FACETS[key].words];
      const wanted = new Uint8Array(words.length + 1); // shifted by one: -1 is no label
      let known = 0;
      for (const text of state.getAll(key)) {
        const index = words.indexOf(text);
        if (index >= 0 || text === "") known = wanted[index + 1] = 1;
      }
      return known ? wanted : null;
    };
    for (const key of COLUMNS) {
      const wanted = allowed(key);
      const column = columns[key];
      made.push({ key, value: (i) => column[i], pass: wanted && ((i) => wanted[column[i] + 1]) });
    }
    const flags = state.getAll("flag").reduce((mask, text) => mask | bit(data.words.flags.indexOf(text)), 0);
    made.push({ key: "flag", pass: flags && ((i) => columns.flags[i] & flags) });
    const run = data.words.runs.indexOf(state.get("against"));
    if (run >= 0) {
      const other = partner(run);
      const wanted = allowed("from");
      const there = (i) => (other[i] < 0 ? -1 : columns.label[other[i]]);
      made.push({ key: "against", pass: (i) => other[i] >= 0 });
      const wasWanted = allowed("was");
      const was = (i) => (other[i] < 0 ? -1 : columns.state[other[i]]);
      made.push({ key: "was", value: was, pass: wasWanted && ((i) => wasWanted[was(i) + 1]) });
      made.push({ key: "from", value: there, pass: wanted ? (i) => wanted[there(i) + 1] : (i) => there(i) !== columns.label[i] });
    }
    if (hits) made.push({ key: "q", pass: (i) => hits[i] });
    if (only !== null) made.push({ key: "id", pass: (i) => i === only });
    return made;
  }

  const bit = (index) => (index < 0 ? 0 : 1 << index);

  /**
   * The items of a state.
   *
   * `hits` is a byte an item, or null without a search; `only` is the index of the one item of a link, or null.
   * Returns `found`, indexes in order, and `counts`: for each key and value (shifted by one: none is 0) the items
   * that pass all other keys.
   */
  function find(state, hits = null, only = null) {
    const all = tests(state, hits, only);
    const active = all.filter((test) => test.pass);
    const counts = Object.fromEntries(all.filter((test) => test.value).map((test) => [test.key, new Uint32Array(data.words[address.FACETS[test.key].words].length + 1)]));
    counts.flag = new Uint32Array(data.words.flags.length + 1);
    const counted = all.filter((test) => test.value || test.key === "flag");
    const passed = new Uint8Array(data.n);
    let total = 0;
    for (let i = 0; i < data.n; i++) {
      let failed = null;
      let fails = 0;
      for (const test of active) {
        if (!test.pass(i)) {
          failed = test;
          if (++fails > 1) break;
        }
      }
      if (fails > 1) continue;
      if (!fails) total += passed[i] = 1;
      for (const test of fails ? (counted.includes(failed) ? [failed] : []) : counted) {
        if (test.value) counts[test.key][test.value(i) + 1]++;
        else for (let f = 0, rest = data.columns.flags[i]; rest; f++, rest >>>= 1) counts.flag[f + 1] += rest & 1;
      }
    }
    const found = new Uint32Array(total);
    let place = 0;
    for (const i of ordered(state.get("order") in address.ORDERS ? state.get("order") : "leaks")) if (passed[i]) found[place++] = i;
    return { found, counts };
  }

  /** The items that are the same question: in other runs, and as other samples or probes of its own run. */
  function siblings(i) {
    const { pair, question, run, rubric } = data.columns;
    const runs = [];
    const samples = [];
    for (let j = 0; j < data.n; j++) {
      if (j === i || question[j] !== question[i] || rubric[j] !== rubric[i]) continue;
      if (run[j] === run[i]) samples.push(j);
      else if (pair[j] === pair[i]) runs.push(j);
    }
    return { runs: runs.sort((a, b) => run[a] - run[b]), samples };
  }

  return { find, siblings };
})();
