"use strict";
// The items of the page. They stand in <script type="text/plain"> blocks as base64 of a zlib stream, so that no text
// of an output is ever read as mark-up; columns are read at once, texts and details in chunks when they are asked for.
//
// data.n        number of items, in the order that the page shows first
// data.words    names by column: runs, rubrics, sides, splits, labels, states, tiers, flags, probes
// data.columns  an entry an item: run, rubric, side, split, label, state, tier, human, probe are indexes into words (-1:
//               none; human is the label of people's majority), confidence and margin (distance to the threshold, in
//               log-odds) NaN where there is none; items with the same question have the same question_id, items with
//               the same pair are the same question, split, rubric and sample in several runs; flags: a bit a flag
const data = (() => {
  const kept = new Map(); // block name -> what it holds, as a promise
  const made = { n: 0, words: null, columns: null };
  let index = null;

  /** What a block holds, as bytes or as text. */
  async function read(name, as) {
    const coded = atob(document.getElementById(`data-${name}`).textContent);
    const bytes = new Uint8Array(coded.length);
    for (let i = 0; i < coded.length; i++) bytes[i] = coded.charCodeAt(i);
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")))[as]();
  }

  /** A block of JSON, read once. */
  function block(name) {
    if (!kept.has(name)) kept.set(name, read(name, "text").then(JSON.parse));
    return kept.get(name);
  }

  /** The entry of a row in the blocks of a kind. */
  const entry = async (kind, row) => (await block(`${kind}-${Math.floor(row / index.chunk)}`))[row % index.chunk];

  const named = (fields, values) => Object.fromEntries(fields.map((name, at) => [name, values[at]]));

  made.ready = (async () => {
    const [head, buffer] = await Promise.all([block("index"), read("columns", "arrayBuffer")]);
    index = head;
    const types = { Float32: Float32Array, Uint32: Uint32Array, Int16: Int16Array, Uint8: Uint8Array };
    let start = 0;
    made.columns = {};
    for (const [name, type] of index.columns) {
      made.columns[name] = new types[type](buffer, start, index.n);
      start += made.columns[name].byteLength;
    }
    made.n = index.n;
    made.words = index.words;
  })();

  /** All that is known of an item: its texts, every opinion on it, people's labels, and what was decided. */
  made.detail = async (i) => {
    await made.ready;
    const [ids, [which, outputs, told], known] = await Promise.all([block("ids"), entry("outputs", i), entry("details", i)]);
    const [question, references, hops] = await entry("asked", which);
    const { opinion, human, detail } = index.fields;
    const found = named(detail, known);
    return {
      id: ids[i],
      question,
      references,
      outputs,
      hops: hops.map(([asked, reference], at) => ({ question: asked, reference, output: told[at] })),
      ...found,
      opinions: found.opinions.map((values) => named(opinion, values)),
      human: found.human.map((values) => named(human, values)),
    };
  };

  /** The index of an item by the names of its run and rubric and its id; -1 where there is none. */
  made.find = async (run, rubric, id) => {
    await made.ready;
    const [of, under] = [made.words.runs.indexOf(run), made.words.rubrics.indexOf(rubric)];
    return (await block("ids")).findIndex((one, i) => one === id && made.columns.run[i] === of && made.columns.rubric[i] === under);
  };

  /**
   * A byte an item: whether its question, a reference or an output holds a text, whatever the case.
   *
   * `progress` is told the share that is done; between chunks the page can be used.
   */
  made.search = async (text, progress = () => {}) => {
    await made.ready;
    const needle = text.toLowerCase();
    const hits = new Uint8Array(made.n);
    const holds = (one) => one.toLowerCase().includes(needle);
    const asked = new Map(); // number of what was asked -> whether it holds the text
    for (let start = 0; start < made.n; start += index.chunk) {
      const rows = await block(`outputs-${start / index.chunk}`);
      for (const [at, [which, outputs, told]] of rows.entries()) {
        if (!asked.has(which)) {
          const [question, references, hops] = await entry("asked", which);
          asked.set(which, [question, ...references, ...hops.flat()].some(holds));
        }
        hits[start + at] = asked.get(which) || outputs.some(holds) || told.some(holds);
      }
      progress(Math.min(1, (start + rows.length) / made.n));
      await new Promise((next) => setTimeout(next));
    }
    return hits;
  };

  return made;
})();
