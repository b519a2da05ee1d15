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

  /** What the items are sorted by, smallest first, in an order of address.ORDERS; unknown margins come last. */
  const KEYS = {
    unsure: ({ confidence }) => Float64Array.from(confidence, (sure) => (Number.isNaN(sure) ? -1 : sure)),
    threshold: ({ margin }) => Float64Array.from(margin, (far) => (Number.isNaN(far) ? Infinity : far)),
    question: ({ question, pair, run }) => Float64Array.from(question, (one, i) => (one * data.n + pair[i]) * data.words.runs.length + run[i]),
  };

  /** All items in an order. They are stored with the most confident leaks first. */
  function ordered(name) {
    if (!orders.has(name)) {
      const all = Uint32Array.from({ length: data.n }, (_, i) => i);
      const keys = KEYS[name]?.(data.columns);
      orders.set(name, keys ? all.sort((a, b) => keys[a] - keys[b] || a - b) : all);
    }
    return orders.get(name);
  }

  /** The values of a key that a state asks for, as a table by index; none of the words is 0. Null: any will do. */
  function wanted(state, key) {
    const words = data.words[address.FACETS[key].words];
    const table = new Uint8Array(words.length + 1);
    let known = 0;
    for (const text of state.getAll(key)) {
      const index = words.indexOf(text);
      if (index >= 0 || text === "") known = table[index + 1] = 1;
    }
    return known ? table : null;
  }

  /** A byte an item: whether its value is wanted. */
  function passing(values, table) {
    const pass = new Uint8Array(data.n);
    for (let i = 0; i < data.n; i++) pass[i] = table[values[i] + 1];
    return pass;
  }

  /** A byte an item: whether it has any of the flags. */
  function flagged(state) {
    const mask = state.getAll("flag").reduce((bits, text) => bits | bit(text), 0);
    return mask ? Uint8Array.from(data.columns.flags, (flags) => Number((flags & mask) !== 0)) : null;
  }

  const bit = (flag) => (data.words.flags.includes(flag) ? 1 << data.words.flags.indexOf(flag) : 0);

  /** The tests of a state: who passes (null: all), and the values that are counted for the menus. */
  function tests(state, hits, only) {
    const { columns } = data;
    const made = COLUMNS.map((key) => {
      const table = wanted(state, key);
      return { key, values: columns[key], pass: table && passing(columns[key], table) };
    });
    made.push({ key: "flag", pass: flagged(state) });
    const run = data.words.runs.indexOf(state.get("against"));
    if (run >= 0) {
      const other = partner(run);
      const there = (column) => Int32Array.from(other, (j) => (j < 0 ? -1 : column[j]));
      const [labels, states] = [there(columns.label), there(columns.state)];
      const [from, was] = [wanted(state, "from"), wanted(state, "was")];
      const changed = () => Uint8Array.from(labels, (label, i) => Number(label !== columns.label[i]));
      made.push({ key: "against", pass: Uint8Array.from(other, (j) => Number(j >= 0)) });
      made.push({ key: "from", values: labels, pass: from ? passing(labels, from) : was ? null : changed() });
      made.push({ key: "was", values: states, pass: was && passing(states, was) });
    }
    if (hits) made.push({ key: "q", pass: hits });
    if (only !== null) made.push({ key: "id", pass: Uint8Array.from({ length: data.n }, (_, i) => Number(i === only)) });
    return made;
  }

  /**
   * The items of a state.
   *
   * `hits` is a byte an item, or null without a search; `only` is the index of the one item of a link, or null.
   * Returns `found`, indexes in order, and `counts`: for each key and value (shifted by one: none is 0) the items
   * that pass all other keys.
   */
  function find(state, hits = null, only = null) {
    const all = tests(state, hits, only);
    const fails = new Uint8Array(data.n);
    const which = new Uint8Array(data.n); // the last test that failed
    for (const [number, { pass }] of all.entries()) {
      if (pass) for (let i = 0; i < data.n; i++) if (!pass[i]) (fails[i]++, which[i] = number);
    }
    const counts = {};
    for (const [number, { key, values }] of all.entries()) {
      const other = (i) => fails[i] === 0 || (fails[i] === 1 && which[i] === number);
      if (key === "flag") counts.flag = countFlags(other);
      else if (values) {
        const count = new Uint32Array(data.words[address.FACETS[key].words].length + 1);
        for (let i = 0; i < data.n; i++) if (other(i)) count[values[i] + 1]++;
        counts[key] = count;
      }
    }
    return { found: ordered(state.get("order")).filter((i) => fails[i] === 0), counts };
  }

  function countFlags(other) {
    const count = new Uint32Array(data.words.flags.length + 1);
    const { flags } = data.columns;
    for (let i = 0; i < data.n; i++) if (flags[i] && other(i)) for (let f = 0; f < count.length - 1; f++) count[f + 1] += (flags[i] >>> f) & 1;
    return count;
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
