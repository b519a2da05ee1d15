// A sitting in the browser: one item a screen; an answer is on the server's disk before the next item may be answered.
import { alarm, button, calm, element, every, number, say, showProgress, showSetup, the, view, viewed } from "./around.js";
import * as clock from "./clock.js";
import { showOver, showResult } from "./ending.js";
import { ask, getNext } from "./server.js";
import { itemTexts } from "./texts.js";

const SETTLE = 200; // ms in which a new item takes no answer: a key that bounces, a double click
const RETRY = [1, 2, 4]; // seconds between attempts to save
const LOOK_AGAIN = { waiting: 3, labeling: 20 }; // seconds; what this page holds is not asked of others meanwhile
const CATCH_UP = 1000; // ms after an answer, when the server has worked out what it adds

let setup = null;
let name = "";
let progress = null;
let given = null; // how many answers this person gave, those to items asked again too
let current = null; // the item on the screen
let ready = []; // items that come next
let asking = Promise.resolve(); // for items: one request after the other
let meanwhile = new Set(); // keys answered since the last of them began
let unsaved = null; // the answer that is on its way
let isBusy = false; // taking back, finishing
let since = 0; // when the current item came
let wake = () => {}; // ends the wait between two attempts
let catchUp = 0; // a timer

const isSitting = () => ["wait", "item", "over", "result"].includes(viewed());
const remember = (what, value) => sessionStorage.setItem(what, JSON.stringify(value));
const remembered = (what) => JSON.parse(sessionStorage.getItem(what));

// --- items -----------------------------------------------------------------------------------------------------------

function note(told) {
  progress = told;
  showProgress(told, setup.promise);
}

// Whether the item on the screen takes no answer now.
function lock() {
  const locked = Boolean(unsaved) || isBusy || !current || performance.now() - since < SETTLE;
  document.body.dataset.ready = String(!locked);
  for (const one of every("#labels button")) one.setAttribute("aria-disabled", String(locked));
  return locked;
}

// Put an item on the screen; said: the label and the note that were taken back.
function show(item, said = null) {
  current = item;
  since = performance.now();
  view("item");
  the("item-title").textContent = `Item ${number(given + 1)}`;
  the("texts").replaceChildren(...itemTexts(item));
  for (const one of every("#labels button")) one.setAttribute("aria-pressed", String(one.dataset.label === said?.label));
  the("note").value = said?.note ?? "";
  openNote(Boolean(said?.note));
  clock.restart();
  lock();
  setTimeout(lock, SETTLE + 1);
  scrollTo(0, 0);
  the("item").focus({ preventScroll: true });
}

// Show what comes next, or wait for it.
function turn() {
  const item = ready.shift();
  if (item) return show(item);
  current = null;
  if (viewed() !== "over") view("wait");
  return lock();
}

// Ask for items, so that this page holds enough of them; and once more when what was answered last is worked out.
function more() {
  clearTimeout(catchUp);
  catchUp = setTimeout(inTurn, CATCH_UP);
  return inTurn();
}

function inTurn() {
  asking = asking.then(fill);
  return asking;
}

// Whether the page is about something else than items: what arrives now must not take the screen away.
const isOccupied = () => unsaved || isBusy || viewed() === "result";

async function fill() {
  if (isOccupied()) return;
  meanwhile = new Set();
  try {
    const told = await getNext(name, [current, ...ready].filter(Boolean).map((item) => item.key));
    const known = new Set([...meanwhile, current?.key, ...ready.map((item) => item.key)]);
    ready.push(...told.items.filter((item) => !known.has(item.key)));
    calm("items");
    if (isOccupied()) return;
    note(told.progress);
    given ??= told.progress.by_you;
    if (current) return;
    if (ready.length) turn();
    else nothingLeft();
  } catch (error) {
    if (error.status === 400) {
      showStart();
      alarm("items", `${error.message}.`);
    } else if (!current && !unsaved) alarm("items", `No items: ${error.message}.`, button("Try now", more));
  }
}

async function keepUp() {
  for (;;) {
    await new Promise((after) => setTimeout(after, 1000 * (current ? LOOK_AGAIN.labeling : LOOK_AGAIN.waiting)));
    if (isSitting() && viewed() !== "result" && !document.hidden) await more();
  }
}

// --- answers ---------------------------------------------------------------------------------------------------------

async function answer(label) {
  if (lock()) return;
  const item = current;
  unsaved = { annotator: name, key: item.key, label, seconds: Math.round(100 * clock.seconds()) / 100, note: the("note").value.trim() };
  remember("unsaved", unsaved);
  meanwhile.add(item.key);
  given += 1;
  turn();
  await save(item);
}

// Send the answer that is on its way until it is saved or never can be.
async function save(item) {
  const { label, note: written } = unsaved;
  const slow = setTimeout(() => say("Saving…"), 300);
  const failed = await sent(label);
  clearTimeout(slow);
  unsaved = null;
  remember("unsaved", null);
  calm("save");
  say(failed ? "" : `Saved: ${label}.`);
  if (failed?.status === 409) {
    ready = []; // another tab is ahead of this one
    alarm("save", `You answered that item in another tab already, with '${failed.told.label}'; that answer stays.`, dismiss());
  } else if (failed) {
    if (item) showAgain(item, { label, note: written });
    alarm("save", `Your answer '${label}' is not saved: ${failed.message}.`, button("Reload the page", () => location.reload()), dismiss());
  }
  lock();
  await more();
}

// Send it, again and again where that may help; what came of it: null, or why it is not taken.
async function sent(label) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      note((await ask("/api/answer", unsaved, 20)).progress);
      return null;
    } catch (error) {
      if (error.status === 409 && ["", label].includes(error.told.label)) return null; // an earlier attempt was heard
      if (!error.passes) return error;
      const seconds = RETRY[Math.min(attempt, RETRY.length - 1)];
      alarm("save", `Your last answer, '${label}', is not saved yet: ${error.message}. It is kept here and sent again and again.`, button("Try now", () => wake()));
      say("Not saved yet.");
      await new Promise((after) => {
        wake = after;
        setTimeout(after, 1000 * seconds);
      });
    }
  }
}

async function undo() {
  if (unsaved || isBusy) return;
  isBusy = true;
  lock();
  try {
    const told = await ask("/api/undo", { annotator: name });
    isBusy = false;
    note(told.progress);
    given = Math.max(given, 1);
    showAgain(told.item, told);
    say(`Taken back: ${told.label}. Answer again.`);
  } catch (error) {
    if (error.status === 409) say("There is no answer to take back; the last ten can be.");
    else alarm("undo", `Nothing was taken back: ${error.message}.`, dismiss());
  }
  isBusy = false;
  lock();
  await more();
}

function showAgain(item, said) {
  ready = [...(current ? [current] : []), ...ready.filter((one) => one.key !== item.key)];
  given -= 1;
  show(item, said);
}

function dismiss() {
  return button("OK", () => {
    the("alarm").replaceChildren();
    the("item").focus();
  });
}

function openNote(open) {
  the("note-row").hidden = !open;
  the("note-open").setAttribute("aria-expanded", String(open));
}

function writeNote() {
  openNote(true);
  the("note").focus();
}

function leaveNote() {
  openNote(the("note").value.trim() !== "");
  the("item").focus({ preventScroll: true });
}

// --- the end ---------------------------------------------------------------------------------------------------------

function nothingLeft() {
  const [title, text] = progress.finished
    ? ["That is all", progress.stop || "More labels of this sample add nothing."]
    : ["Nothing for you right now", "Others hold the last items of this block. The next ones show here as soon as there are some."];
  if (viewed() !== "over" || the("over-title").textContent !== title) showOver("over", title, text, ["over-finish", "over-undo"]);
}

async function finish() {
  if (unsaved || isBusy) return;
  isBusy = true;
  showOver("over", "One moment", "Working out what the labels show…", []);
  try {
    const told = await ask("/api/finish", { annotator: name }, 1800);
    isBusy = false;
    showResult(told, setup.promise);
  } catch (error) {
    isBusy = false;
    goOn();
    alarm("finish", `Not finished: ${error.message}.`, dismiss());
  }
}

function goOn() {
  view(current ? "item" : "wait");
  clock.restart();
  lock();
  the("item").focus({ preventScroll: true });
  more();
}

// --- keys and buttons ------------------------------------------------------------------------------------------------

const ACTS = { u: undo, n: writeNote, "?": () => the("help").showModal() };

function onKey(event) {
  const { key, code, target } = event;
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !isSitting() || the("help").open) return;
  if (target === the("note") && key === "Escape") leaveNote();
  if (target.matches("input, textarea") || !the("shortcuts").checked) return;
  const pressed = meant(key, code, event.shiftKey);
  const chosen = every("#labels button").find((one) => one.getAttribute("aria-keyshortcuts")?.split(" ").includes(pressed));
  const act = chosen ? () => answer(chosen.dataset.label) : ACTS[pressed];
  if (!act || ((chosen || pressed === "n") && viewed() !== "item") || (pressed === "u" && viewed() === "result")) return;
  event.preventDefault();
  act();
}

// What a key stands for; by its place where the layout has other digits or letters there (French, Cyrillic).
function meant(key, code, isShifted) {
  if (!isShifted && /^Digit\d$/.test(code)) return code.at(-1);
  return /^Key[A-Z]$/.test(code) && !/^[ -~]$/.test(key) ? code.at(-1).toLowerCase() : key;
}

function wire() {
  addEventListener("keydown", onKey);
  for (const event of ["online", "focus"]) addEventListener(event, () => wake());
  addEventListener("beforeunload", (event) => unsaved && event.preventDefault());
  const clicks = {
    "help-open": ACTS["?"],
    "help-close": () => the("help").close(),
    rename,
    undo,
    "over-undo": undo,
    "note-open": () => (the("note-row").hidden ? writeNote() : leaveNote()),
    meanings: () => showMeanings(document.body.dataset.meanings !== "true"),
    finish,
    "over-finish": finish,
    "go-on": goOn,
  };
  for (const [id, act] of Object.entries(clicks)) the(id).addEventListener("click", act);
  the("shortcuts").addEventListener("change", () => remember("shortcuts", the("shortcuts").checked));
  the("enter").addEventListener("submit", (event) => {
    event.preventDefault();
    enter(the("name").value);
  });
  const wide = matchMedia("(min-width: 48rem)");
  const unfold = () => (the("standing").open = wide.matches);
  wide.addEventListener("change", unfold);
  unfold();
  the("shortcuts").checked = remembered("shortcuts") ?? true;
  showMeanings(remembered("meanings") ?? true);
}

function showMeanings(shown) {
  document.body.dataset.meanings = String(shown);
  the("meanings").setAttribute("aria-expanded", String(shown));
  the("meanings").textContent = shown ? "Hide meanings" : "Show meanings";
  remember("meanings", shown);
}

// --- the beginning ---------------------------------------------------------------------------------------------------

function showStart() {
  the("known").replaceChildren(...setup.annotators.map((person) => button(person, () => enter(person))));
  if (setup.annotators.length) the("known").prepend(element("span", "hint", "Labeled here before:"));
  view("start");
  the("name").focus();
}

function enter(typed) {
  name = typed.trim().replace(/\s+/g, " ");
  remember("name", name);
  the("who").textContent = name;
  view("wait");
  return unsaved ? save(null) : more();
}

function rename() {
  if (unsaved) return;
  remember("name", null);
  location.reload();
}

async function begin() {
  try {
    setup = await ask("/api/setup");
  } catch (error) {
    alarm("setup", `The page cannot start: ${error.message}.`, button("Try again", begin));
    return;
  }
  calm("setup");
  showSetup(setup, answer);
  unsaved = remembered("unsaved");
  const known = unsaved?.annotator ?? remembered("name");
  if (known) await enter(known);
  else showStart();
}

wire();
await begin();
keepUp();
