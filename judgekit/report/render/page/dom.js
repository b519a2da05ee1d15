// Elements made by hand: text reaches the page as text, never as mark-up.
const make = (tag, attributes = {}, ...children) => {
  const made = document.createElementNS(tag === "svg" || tag === "rect" || tag === "path" ? "http://www.w3.org/2000/svg" : "http://www.w3.org/1999/xhtml", tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== ""));
  return made;
};

const say = {
  count: (number) => number.toLocaleString("en"),
  percent: (share) => (share > 0 && share < 0.0005 ? "<\u20090.1\u00a0%" : `${(100 * share).toFixed(1)}\u00a0%`),
  items: (number) => `${say.count(number)} item${number === 1 ? "" : "s"}`,
  dollars: (cost) => (cost === 0 ? "$0" : `$${cost < 0.01 ? Number(cost.toPrecision(2)) : cost.toFixed(2)}`),
  seconds: (time) => (time < 0.01 ? "under 0.01\u00a0s" : `${Number(time.toPrecision(2))}\u00a0s`),
  list: (words) => (words.length > 3 ? `${words.slice(0, 2).join(", ")} or ${words.length - 2} others` : words.join(" or ")),
};
