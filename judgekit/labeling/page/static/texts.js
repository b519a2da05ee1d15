// Texts under judgment: nothing in them runs, nothing in them is hidden, and long ones are folded.

const FOLD = { characters: 1500, lines: 20 };
const REPEATS = 3; // of the same mark in a row; more are counted
const MARKS = 1000; // in a text; more are written into it, for a browser takes minutes to lay out a hundred thousand

const NAMES = new Map(Object.entries({
  " ": "·", "\t": "⇥", "\n": "↵\n", "\r": "CR", "\0": "NUL", "\x07": "BEL", "\b": "BS", "\v": "VT", "\f": "FF", "\x1b": "ESC", "\x7f": "DEL",
  "\u00a0": "NBSP", "\u00ad": "SHY", "\u061c": "ALM", "\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u200e": "LRM", "\u200f": "RLM",
  "\u2028": "LS\n", "\u2029": "PS\n", "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO",
  "\u2060": "WJ", "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI", "\ufeff": "BOM", "\ufffc": "OBJ",
}));

// What chat templates and tokenizers leave behind.
const TOKEN = [
  String.raw`<\|[^<>|\n]{1,40}\|>`, String.raw`<｜[^<>｜\n]{1,40}｜>`, String.raw`<<\/?SYS>>`,
  String.raw`\[\/?(?:INST|SYS|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS|PAD|CLS|SEP|MASK|UNK|BOS|EOS)\]`,
  String.raw`<\/?(?:s|bos|eos|pad|unk|cls|sep|mask|think|tool_call)>`, "<(?:start|end)_of_turn>", String.raw`<extra_id_\d{1,3}>`, "<0x[0-9A-F]{2}>",
].join("|");

// Characters that do their work unseen: a variation selector after what it varies; a joiner in scripts that join, and within an emoji.
const JOINING = "Arabic Syriac Mongolian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Khmer Myanmar"
  .split(" ").map((script) => String.raw`\p{Script=${script}}`).join("");
const AT_WORK = String.raw`\n|(?<=[^\uFE00-\uFE0F])[\uFE00-\uFE0F]|(?<=[${JOINING}])[\u200C\u200D]|(?<=[\p{ExtPict}\uFE0F\u{1F3FB}-\u{1F3FF}])\u200D(?=\p{ExtPict})`;
const UNSEEN = String.raw`(?!${AT_WORK})[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{DI}\uFFF9-\uFFFC]`;
const RESIDUE = new RegExp(`(?<token>${TOKEN})|${UNSEEN}`, "giu");

function named(character) {
  return NAMES.get(character) ?? `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

// The parts of a text in order: [kind, what is shown], kind "" for plain text.
function* parts(text) {
  const head = text.length - text.trimStart().length;
  const tail = Math.max(head, text.trimEnd().length);
  for (const character of text.slice(0, head)) yield ["residue", named(character)];
  const middle = text.slice(head, tail);
  let done = 0;
  for (const found of middle.matchAll(RESIDUE)) {
    if (found.index > done) yield ["", middle.slice(done, found.index)];
    yield found.groups.token ? ["token", found[0]] : ["residue", named(found[0])];
    done = found.index + found[0].length;
  }
  if (done < middle.length) yield ["", middle.slice(done)];
  for (const character of text.slice(tail)) yield ["residue", named(character)];
}

// The same, with a mark that repeats many times said once, with their number.
function* counted(text) {
  let last = null;
  let times = 0;
  const rest = () => (times <= REPEATS ? Array(times).fill(last) : [[last[0], `${last[1].trimEnd()} ×${times.toLocaleString("en")}`]]);
  for (const part of parts(text)) {
    if (last && part[0] === last[0] && part[1] === last[1] && part[0]) times += 1;
    else {
      if (last) yield* rest();
      [last, times] = [part, 1];
    }
  }
  if (last) yield* rest();
}

// Where a plain text is cut so that at most so many characters and lines of it show.
function cut(text, characters, lines) {
  let end = Math.min(text.length, characters);
  for (let at = text.indexOf("\n"), seen = 1; at >= 0 && at < end; at = text.indexOf("\n", at + 1), seen += 1) if (seen >= lines) end = at;
  return end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1] ?? "") ? end - 1 : end;
}

function element(tag, kind, text) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  if (text) made.textContent = text;
  return made;
}

// Nodes of a text, or of its beginning where it is long; and whether all of it is in them.
function nodes(text, folded) {
  const made = [];
  let marks = 0;
  let { characters, lines } = folded ? FOLD : { characters: Infinity, lines: Infinity };
  const write = (plain) => made.push((typeof made.at(-1) === "string" ? made.pop() : "") + plain);
  for (const [kind, piece] of counted(text)) {
    if (characters <= 0 || lines <= 0) return { made, whole: false };
    const shown = kind ? piece : piece.slice(0, cut(piece, characters, lines));
    if (!kind) write(shown);
    else if ((marks += 1) <= MARKS) made.push(element("mark", kind, shown));
    else write(kind === "token" ? shown : `⟨${shown.trimEnd()}⟩`);
    characters -= shown.length;
    lines -= shown.split("\n").length - 1;
    if (shown.length < piece.length) return { made, whole: false };
  }
  return { made, whole: true };
}

// A text as a block, with a button for the rest of a long one.
export function textBlock(text) {
  const block = element("div", "text-block");
  const body = element("div", "text");
  body.dir = "auto";
  block.append(body);
  if (!text) {
    body.append(element("span", "empty", "(empty)"));
    return block;
  }
  const { made, whole } = nodes(text, true);
  body.append(...made);
  if (whole) return block;
  const button = element("button", "fold");
  button.type = "button";
  const fold = (folded) => {
    body.replaceChildren(...nodes(text, folded).made);
    body.classList.toggle("folded", folded);
    button.setAttribute("aria-expanded", String(!folded));
    button.textContent = folded ? `Show all (${text.length.toLocaleString("en")} characters)` : "Show less";
  };
  button.addEventListener("click", () => fold(button.getAttribute("aria-expanded") === "true"));
  fold(true);
  block.append(button);
  return block;
}

// All texts of an item: question and references beside the output, two outputs beside each other, the steps of a chain below.
export function itemTexts(item) {
  const asked = element("div", "asked");
  asked.append(section("Question", [item.question]));
  if (item.references.length) asked.append(section(item.references.length > 1 ? "References" : "Reference", item.references));
  const several = item.outputs.length > 1;
  const said = element("div", "said");
  item.outputs.forEach((output, index) => said.append(section(several ? `Output ${String.fromCharCode(65 + index)}` : "Output", [output])));
  const panes = element("div", several ? "panes several" : "panes");
  panes.append(asked, said);
  if (!item.hops.length) return [panes];
  const chain = element("section", "chain");
  const title = element("h2", "", "Steps");
  const steps = element("ol");
  for (const hop of item.hops) {
    const step = element("li");
    for (const [name, text] of [["Question", hop.question], ["Reference", hop.reference], ["Output", hop.output]]) step.append(section(name, [text], "h3"));
    steps.append(step);
  }
  chain.append(title, steps);
  return [panes, chain];
}

function section(name, texts, heading = "h2") {
  const made = element("section", name.startsWith("Output") ? "part output" : "part");
  made.append(element(heading, "", name), ...texts.map(textBlock));
  return made;
}
