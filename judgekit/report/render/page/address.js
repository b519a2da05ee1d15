// What the address bar says: "#items?key=value&…" is a filter, "#item?run=…&rubric=…&id=…" one item. The fragment is
// the whole state, so that a link sent, a link clicked and the back button all show the same.
const address = (() => {
  // A filter's key, the words of data.words that it takes, its heading, and how a value reads after it.
  const FACETS = {
    run: { words: "runs", name: "Run", chip: (text) => `run ${text}` },
    side: { words: "sides", name: "Side", chip: (text) => text },
    rubric: { words: "rubrics", name: "Rubric", chip: (text) => `rubric ${text}` },
    split: { words: "splits", name: "Split", chip: (text) => `split ${text}` },
    label: { words: "labels", name: "Label", none: "no label", chip: (text) => (text === "no label" ? text : `judged ${text}`) },
    human: { words: "labels", name: "People’s label", none: "nothing, or no majority", chip: (text) => `people say ${text}` },
    tier: { words: "tiers", name: "Decided by", none: "nobody", chip: (text) => `decided by ${text}` },
    state: { words: "states", name: "State", chip: (text) => text },
    probe: { words: "probes", name: "Probe", none: "the question itself", chip: (text) => `asked by ${text}` },
    flag: { words: "flags", name: "Look at", chip: (text) => text },
    against: { words: "runs", name: "Changed against", chip: (text) => `against ${text}` },
    from: { words: "labels", name: "Label there", none: "no label", chip: (text) => `there ${text}` },
    was: { words: "states", name: "State there", chip: (text) => `there ${text}` },
  };
  const PLAIN = {
    side: { forget: "to be forgotten", keep: "to be kept", other: "neither to be forgotten nor kept" },
    state: { verdict: "decided", abstained: "left open", unscored: "not scored" },
    flag: { "people against": "people against the verdict", "near threshold": "near the threshold", "by chance": "right by chance", unread: "does not read as an answer" },
  };
  const THERE = ["from", "was"]; // what an item was in the run that it is set against
  const OTHER = ["id", "q", "order", "page", "open"];
  const ORDERS = {
    leaks: "most confident leaks first",
    unsure: "least confident first",
    threshold: "nearest the threshold first",
    question: "by question",
  };

  const TITLES = JSON.parse(document.getElementById("items").dataset.titles); // run -> what a reader calls it

  /** A value of a key as a reader should see it. */
  const value = (key, text) => (key === "run" || key === "against" ? TITLES[text] : PLAIN[key === "was" ? "state" : key]?.[text]) ?? (text || FACETS[key].none || "none");

  /** The state that a fragment asks for, or null where it speaks of another part of the page. */
  function read(fragment) {
    const [, kind, query] = /^#(items?)(?:\?(.*))?$/s.exec(fragment) ?? [];
    return kind === "items" || (kind === "item" && query) ? new URLSearchParams(query ?? "") : null;
  }

  /** The fragment of a state. */
  const write = (state) => (String(state) ? `#${state.has("id") ? "item" : "items"}?${state}` : "#items");

  /** The state with a key set to these values; a new filter starts on its first page with nothing open. */
  function set(state, key, ...values) {
    const next = new URLSearchParams(state);
    for (const stale of [key, "open", ...(key === "open" ? [] : ["page"])]) next.delete(stale);
    if (key === "against" && !values.length) for (const there of THERE) next.delete(there);
    for (const text of values) next.append(key, text);
    return next;
  }

  /** The link to one item; `of` is anything that has run, rubric and id. */
  const item = (of) => write(new URLSearchParams({ run: of.run, rubric: of.rubric, id: of.id }));

  /** One line for everything that the state asks for and this page does not have. */
  function unknown(state) {
    const strange = [];
    for (const [key, text] of state) {
      const facet = FACETS[key];
      if (!facet && !OTHER.includes(key)) strange.push(`a filter “${key}”`);
      else if (facet && text && !data.words[facet.words].includes(text)) strange.push(`the ${facet.name.toLowerCase()} “${text}”`);
      else if (key === "order" && !ORDERS[text]) strange.push(`an order “${text}”`);
    }
    return strange.length ? `The link asks for ${strange.join(" and ")}, which this report does not have; it was left out.` : "";
  }

  /** Each key in force as plain words, with the state that is left without it. */
  function chips(state) {
    const made = [];
    for (const [key, facet] of Object.entries(FACETS)) {
      const known = state.getAll(key).filter((text) => !text || data.words[facet.words].includes(text));
      if (known.length && !THERE.includes(key)) made.push({ text: chip(state, key, known), without: set(state, key) });
    }
    if (state.get("q")) made.push({ text: `contains “${state.get("q")}”`, without: set(state, "q") });
    if (state.has("id")) made.push({ text: `item ${state.get("id")}`, without: set(state, "id") });
    return made;
  }

  function chip(state, key, known) {
    if (key !== "against") return FACETS[key].chip(say.list(known.map((text) => value(key, text))));
    // A state there says more than that there is no label.
    const from = state.getAll(state.has("was") ? "was" : "from").map((text) => value(state.has("was") ? "was" : "from", text));
    const there = value(key, known[0]);
    return from.length ? `${say.list(from)} in ${there}` : `another label than in ${there}`;
  }

  return { FACETS, ORDERS, value, read, write, set, item, unknown, chips };
})();
