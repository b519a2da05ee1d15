// Elements made by hand: text reaches the page as text, never as mark-up.
const make = (tag, attributes = {}, ...children) => {
  const made = document.createElementNS(tag === "svg" || tag === "rect" || tag === "path" ? "http://www.w3.org/2000/svg" : "http://www.w3.org/1999/xhtml", tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== ""));
  return made;
};

// The same digits as percent() of report/words.py: something is never rounded to nothing or to everything, a tie goes to the even digit.
const rounded = (share) => {
  if (share > 1e-9 && share < 0.001) return "<0.1";
  if (share > 0.999 && share < 1 - 1e-9) return ">99.9";
  const hundredths = 100 * share;
  return (hundredths % 1 === 0.25 ? hundredths - 0.05 : hundredths).toFixed(1);
};

const say = {
  count: (number) => number.toLocaleString("en"),
  percent: (share) => `${rounded(share)}\u00a0%`,
  items: (number) => `${say.count(number)} item${number === 1 ? "" : "s"}`,
  dollars: (cost) => (cost === 0 ? "$0" : `$${cost < 0.01 ? Number(cost.toPrecision(2)) : cost.toFixed(2)}`),
  seconds: (time) => (time < 0.01 ? "under 0.01\u00a0s" : `${Number(time.toPrecision(2))}\u00a0s`),
  list: (words) => (words.length > 3 ? `${words.slice(0, 2).join(", ")} or ${words.length - 2} others` : words.join(" or ")),
};
