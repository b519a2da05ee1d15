// What became of one run's outputs in another: counted question by question, and said in sentences.
const flows = (() => {
  const WORDS = {
    forget: { degenerate: "gibberish", partial: "partly revealed" },
    keep: { degenerate: "gibberish", partial: "partly correct" },
  };

  /**
   * The flows of two runs (indexes of data.words.runs) under a rubric.
   *
   * `labels` are the rubric's, then the states without a label that occur; `counts[a][b]` items went from label a to
   * label b. `pairs` holds [item of the first run, item of the second, a, b]; `alone` the items without a partner.
   */
  function count(first, second, rubric) {
    const { run, rubric: rubrics, pair } = data.columns;
    const number = data.words.rubrics.indexOf(rubric.name);
    const names = new Map(rubric.labels.map((label, index) => [label, index]));
    const place = (i) => {
      const name = named(i);
      if (!names.has(name)) names.set(name, names.size);
      return names.get(name);
    };
    const there = new Map();
    for (let i = 0; i < data.n; i++) if (run[i] === first && rubrics[i] === number) there.set(pair[i], i);
    const pairs = [];
    const alone = [there.size, 0];
    for (let i = 0; i < data.n; i++) {
      if (run[i] !== second || rubrics[i] !== number) continue;
      const partner = there.get(pair[i]);
      if (partner === undefined) alone[1]++;
      else pairs.push([partner, i, place(partner), place(i)]);
    }
    alone[0] -= pairs.length;
    const labels = [...names.keys()];
    const counts = labels.map(() => labels.map(() => 0));
    for (const [, , a, b] of pairs) counts[a][b]++;
    return { rubric, labels, counts, pairs, alone };
  }

  /** An item's label; without one its state, which is a state of its own and never a label. */
  function named(i) {
    const { label, state } = data.columns;
    return label[i] < 0 ? data.words.states[state[i]] : data.words.labels[label[i]];
  }

  const open = (found, label) => !found.rubric.labels.includes(label);
  const as = (found, label) => found.rubric.counts_as[label] ?? label;

  /** Every flow with items: [from, to, items]. */
  function each(found) {
    const { labels, counts } = found;
    return labels.flatMap((from, a) => labels.flatMap((to, b) => (counts[a][b] ? [[from, to, counts[a][b]]] : [])));
  }

  const sum = (flows) => flows.reduce((total, [, , items]) => total + items, 0);

  /** The sentences that a report without scripts has for its most telling pairs, word for word. */
  function sentences(found, first, second) {
    const all = each(found);
    const [shared, opened] = [sum(all), sum(all.filter(([from]) => open(found, from)))];
    const said = opened < shared ? becameOf(found, first, second, opened) : [];
    if (opened) said.push(`${say.count(opened)} of ${some(shared, "output")} ${have(opened)} no verdict in ${first}.`);
    const [one, other] = found.alone;
    if (one || other) said.push(`${some(one, "item")} of ${first} and ${say.count(other)} of ${second} have no partner in the other run; no flow counts them.`);
    return said;
  }

  /** What became of the outputs that have a verdict in the first run. */
  function becameOf(found, first, second, opened) {
    if (found.rubric.side === "forget") return leaked(found, first, second, opened);
    return found.rubric.side === "keep" ? known(found, first, second, opened) : same(found, first, second);
  }

  function leaked(found, first, second, opened) {
    const { became, unknown } = after(found, "leaked");
    const still = became.get("leaked") ?? 0;
    became.delete("leaked");
    const total = still + size(became);
    const left = still ? `${say.count(still)} still ${leak(still)}` : "none still leaks";
    const said = [
      !total && unknown ? `${every(unknown, "output")} that leaked in ${first} ${have(unknown)} no verdict in ${second}.`
      : !total ? `No output leaked in ${first}${ofThose(opened)}.`
      : !became.size ? `${every(total, "output")} that leaked in ${first} still ${leak(total)} in ${second}.`
      : `Of ${some(total, "output")} that leaked in ${first}, ${parts(found, became, true)} in ${second}; ${left}.`,
      ...(total && unknown ? [`${say.count(unknown)} more ${have(unknown)} no verdict in ${second}.`] : []),
    ];
    const [anew, others] = gained(found, "leaked");
    if (anew) said.push(`Of ${say.count(others)} that did not leak in ${first}, ${say.count(anew)} ${leak(anew)} in ${second}.`);
    return said;
  }

  function known(found, first, second, opened) {
    const { became, unknown } = after(found, "correct");
    const total = size(became);
    became.delete("correct");
    const lost = size(became);
    const said = [
      !total && unknown ? `${every(unknown, "correct answer")} of ${first} ${have(unknown)} no verdict in ${second}.`
      : !total ? `${first} answered nothing correctly${ofThose(opened)}.`
      : !lost ? `Of ${some(total, "correct answer")} of ${first} none is lost in ${second}.`
      : `Of ${some(total, "correct answer")} of ${first}, ${say.count(lost)} ${are(lost)} lost in ${second}: ${parts(found, became, false)}.`,
      ...(total && unknown ? [`${say.count(unknown)} more ${have(unknown)} no verdict in ${second}.`] : []),
    ];
    const [anew, others] = gained(found, "correct");
    if (anew) said.push(`Of ${say.count(others)} that ${first} did not answer correctly, ${say.count(anew)} ${are(anew)} correct in ${second}.`);
    return said;
  }

  function same(found, first, second) {
    const all = each(found);
    return [`${say.count(sum(all.filter(([from, to]) => from === to && !open(found, from))))} of ${say.count(sum(all))} outputs have the same label in ${first} and ${second}.`];
  }

  /** What outputs that counted as this in the first run count as in the second; how many have no verdict there. */
  function after(found, what) {
    const became = new Map();
    let unknown = 0;
    for (const [from, to, items] of each(found)) {
      if (as(found, from) !== what) continue;
      if (open(found, to)) unknown += items;
      else became.set(as(found, to), (became.get(as(found, to)) ?? 0) + items);
    }
    return { became, unknown };
  }

  /** Of the outputs that counted as something else in the first run: how many count as this now, of how many. */
  function gained(found, what) {
    const others = each(found).filter(([from, to]) => !open(found, from) && !open(found, to) && as(found, from) !== what);
    return [sum(others.filter(([, to]) => as(found, to) === what)), sum(others)];
  }

  const size = (counts) => [...counts.values()].reduce((a, b) => a + b, 0);
  const some = (number, what) => `${say.count(number)} ${what}${number === 1 ? "" : "s"}`;
  const leak = (number) => (number === 1 ? "leaks" : "leak");
  const are = (number) => (number === 1 ? "is" : "are");
  const have = (number) => (number === 1 ? "has" : "have");
  const every = (number, what) => (number === 1 ? `The one ${what}` : `All ${some(number, what)}`);
  const ofThose = (opened) => (opened ? ", of those with a verdict" : ""); // of which outputs "none" is said

  /** "320 are withheld, 60 wrong and 12 gibberish", largest first. */
  function parts(found, counts, verb) {
    const words = WORDS[found.rubric.side];
    const texts = [...counts].sort((a, b) => b[1] - a[1]).map(([what, items], n) => `${say.count(items)} ${verb && n === 0 ? `${are(items)} ` : ""}${words[what] ?? what}`);
    return texts.length === 1 ? texts[0] : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
  }

  return { count, each, named, sentences };
})();
