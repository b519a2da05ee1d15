// Flows from label to label as a picture: a bar for each label of either run, a ribbon for what went where.
const ribbons = (() => {
  const HEIGHT = 240; // of all items together
  const LEAST = 18; // room for a bar's name, however few its items
  const GAP = 6;
  const BAR = 9;
  const LETTER = 7.3; // width of a letter beside the bars, about
  const LONGEST = 13; // letters of a name

  const svg = (tag, attributes, ...children) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  /**
   * The picture.
   *
   * `found` is of flows.count; `color` gives a label's color, `link` the address and `tell` the words of a ribbon
   * [from, to, items].
   */
  function draw(found, width, { color, link, tell }) {
    const all = flows.each(found).sort((a, b) => b[2] - a[2]); // the thin ones on top, where they can be met
    const unit = HEIGHT / all.reduce((total, flow) => total + flow[2], 0);
    const left = column(found.labels, all, 0, unit);
    const right = column(found.labels, all, 1, unit);
    const aside = 18 + LETTER * Math.max(...[left, right].flatMap((bars) => [...bars].map(([label, bar]) => brief(label).length + say.count(bar.items).length)));
    const paths = new Map();
    // Ribbons leave and arrive in the order of the labels, so that those of one bar do not cross each other.
    for (const flow of flows.each(found)) {
      const [from, to, items] = flow;
      const [a, b] = [left.get(from), right.get(to)];
      paths.set(`${from}\n${to}`, ribbon(aside + BAR, a.next, width - aside - BAR, b.next, items * unit));
      a.next += items * unit;
      b.next += items * unit;
    }
    const height = Math.max(...[left, right].map((bars) => Math.max(...[...bars.values()].map((bar) => bar.end)))) + 1;
    return svg("svg", { class: "ribbons", viewBox: `0 0 ${width} ${height}`, role: "group" },
      ...all.map((flow) => svg("a", { href: link(flow), "aria-label": tell(flow), "data-count": flow[2] },
        svg("title", {}, tell(flow)),
        svg("path", { d: paths.get(`${flow[0]}\n${flow[1]}`), fill: color(flow[1]), class: flow[0] === flow[1] ? "same" : "changed" }))),
      ...names(left, color, aside, -6, "end"),
      ...names(right, color, width - aside - BAR, BAR + 6, "start"));
  }

  /** The bars of one run, from top to bottom: label → where it stands, where its next ribbon starts. */
  function column(labels, all, which, unit) {
    const bars = new Map();
    let y = 1;
    for (const label of labels) {
      const items = all.filter((flow) => flow[which] === label).reduce((total, flow) => total + flow[2], 0);
      if (!items) continue;
      const height = items * unit;
      const room = Math.max(height, LEAST);
      const top = y + (room - height) / 2;
      bars.set(label, { items, top, height, middle: y + room / 2, next: top, end: y + room });
      y += room + GAP;
    }
    return bars;
  }

  /** A band between two columns; one of a single item is still to be seen. */
  function ribbon(x, y, to, end, height) {
    const thick = Math.max(height, 0.8);
    const middle = (x + to) / 2;
    return `M${x} ${y}C${middle} ${y} ${middle} ${end} ${to} ${end}v${thick}C${middle} ${end + thick} ${middle} ${y + thick} ${x} ${y + thick}Z`;
  }

  const brief = (label) => (label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label);

  function names(bars, color, x, shift, anchor) {
    return [...bars].map(([label, bar]) => svg("g", { "aria-hidden": "true" },
      svg("rect", { x, y: bar.top, width: BAR, height: Math.max(bar.height, 1), fill: color(label) }),
      svg("text", { x: x + shift, y: bar.middle, "text-anchor": anchor, "dominant-baseline": "central" },
        svg("title", {}, label),
        svg("tspan", {}, brief(label)),
        svg("tspan", { class: "number", dx: 5 }, say.count(bar.items)))));
  }

  return { draw };
})();
