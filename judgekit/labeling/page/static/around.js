// What stands around an item: how far the sitting is, the labels and what they mean, alarms.

const CANNOT_TELL = { name: "cannot tell", meaning: "no label fits, or what is shown does not decide it" };
const COLUMNS = 6; // labels beside each other at most

export const the = (id) => document.getElementById(id);
export const every = (selector) => [...document.querySelectorAll(selector)];

export function element(tag, kind, ...content) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.append(...content);
  return made;
}

export function button(text, act, kind = "") {
  const made = element("button", kind, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

// Which part of the page shows: start, wait, item, over or result.
export function view(name) {
  document.body.dataset.view = name;
}

export const viewed = () => document.body.dataset.view;

// A line beside the labels, read out by screen readers.
export function say(text) {
  the("status").textContent = text;
}

// Something is wrong with `what`: said at once, at the top, until calm(what).
export function alarm(what, text, ...buttons) {
  the("alarm").dataset.what = what;
  the("alarm").replaceChildren(element("p", "", text), ...buttons);
}

export function calm(what) {
  if (the("alarm").dataset.what === what) the("alarm").replaceChildren();
}

// The labels of a sitting as buttons, and its rules on the first screen and in the help.
export function showSetup({ rubric, promise, instructions, labels }, choose) {
  const offered = [...labels, CANNOT_TELL].map((label, index) => ({ ...label, index, key: index === labels.length ? "0" : index < 9 ? String(index + 1) : "" }));
  the("labels").replaceChildren(...offered.map((label) => labelButton(label, choose)));
  the("labels").style.setProperty("--columns", Math.min(offered.length, COLUMNS));
  for (const place of every(".rubric")) place.textContent = rubric;
  for (const place of every(".promise")) place.textContent = promise && `What your labels may certify: ${promise}`;
  for (const place of every(".rules")) {
    const lines = instructions.split("\n").filter((line) => line.trim());
    place.replaceChildren(...lines.map((line) => element("p", "", line)), element("dl", "meanings", ...offered.map(definition)));
  }
}

function labelButton({ name, meaning, index, key }, choose) {
  const meant = element("p", "meaning", meaning);
  meant.id = `meaning-${index}`;
  const made = button("", () => choose(name));
  made.append(...(key ? [element("kbd", "", key), " "] : []), element("span", "name", name));
  made.dataset.label = name;
  if (meaning) made.setAttribute("aria-describedby", meant.id);
  if (key) made.setAttribute("aria-keyshortcuts", key === "0" ? "0 c" : key);
  return element("div", "label", made, meant);
}

function definition({ name, meaning, key }) {
  return element("div", "", element("dt", "", ...(key ? [element("kbd", "", key), " "] : []), name), element("dd", "", meaning));
}

// How far the sitting is, what is certified, what the next block may add, and when to stop.
export function showProgress(told, promise) {
  const { answered, by_you: yours, remaining, block } = told;
  const parts = [answered === yours ? "" : ` (${number(yours)} by you)`];
  if (remaining) parts.push(`at most ${number(remaining)} to go, ${duration(told.minutes_left)}`);
  if (block.of && remaining > block.of - block.done) parts.push(`${block.done} of ${block.of} in this block`);
  the("count").replaceChildren(element("b", "", `${number(answered)} labeled`), parts.join(" · "));
  the("bar").max = Math.max(1, answered + remaining);
  the("bar").value = answered;
  const standing = { certified: told.certified || (promise && "Nothing yet."), next: told.next, stop: told.stop };
  for (const [part, text] of Object.entries(standing)) {
    if (the(part).textContent !== text) the(part).textContent = text; // read out when it changes
    the(part).parentElement.hidden = !text;
  }
  the("standing").hidden = !Object.values(standing).some(Boolean);
  the("certified").parentElement.classList.toggle("good", Boolean(told.certified));
  the("stop").parentElement.classList.toggle("good", told.finished);
}

export const number = (value) => value.toLocaleString("en");

function duration(minutes) {
  if (minutes < 1) return "less than a minute";
  if (minutes < 90) return `about ${number(Math.round(minutes))} minute${Math.round(minutes) === 1 ? "" : "s"}`;
  return `about ${number(Math.round(minutes / 30) / 2)} hours`;
}
