// The item explorer: what the address bar asks for is shown, and every control only changes the address bar.
(async () => {
  const PAGE = 50;
  const section = document.getElementById("items");
  const explorer = section.querySelector(".explorer");
  const form = section.querySelector("form");
  const list = section.querySelector(".found");
  const chips = section.querySelector(".chips");
  const count = section.querySelector(".count");
  const notice = section.querySelector(".notice");
  const pager = section.querySelector(".pager");
  const copyFilter = section.querySelector(".copy-filter");
  let state = new URLSearchParams();
  let shown = 0; // counts what was asked for, so that an answer that comes late is dropped
  let hits = { text: "", found: null };

  await data.ready;
  const controls = facets(form.querySelector(".facets"), form.querySelector(".flags"), go);
  for (const [name, text] of Object.entries(address.ORDERS)) form.order.add(new Option(text, name));

  /** Go to a state as if its link had been clicked, but stay where the reader is. */
  function go(next, instead = false) {
    history[instead ? "replaceState" : "pushState"]({ shown: true }, "", address.write(next));
    return show(next);
  }

  /** Show what the address bar asks for; someone who followed a link is taken there. */
  async function arrive() {
    const asked = address.read(location.hash);
    const followed = asked !== null && !history.state?.shown;
    if (followed) history.replaceState({ shown: true }, "");
    await show(asked ?? new URLSearchParams());
    if (!followed) return;
    const open = list.querySelector("[aria-expanded=true]");
    (open ?? section).scrollIntoView({ behavior: "instant" });
    (open ?? count).focus({ preventScroll: true });
  }

  async function show(next) {
    const turn = ++shown;
    state = next;
    const needle = (state.get("q") ?? "").trim().toLowerCase();
    if (needle !== hits.text) {
      const progress = (share) => turn === shown && (count.textContent = `Searching … ${Math.round(100 * share)} %`);
      progress(0);
      const found = needle ? await data.search(needle, progress) : null;
      if (turn !== shown) return;
      hits = { text: needle, found };
    }
    const linked = state.has("id") ? await data.find(state.get("run"), state.get("rubric"), state.get("id")) : null;
    const opened = state.has("open") ? await data.find(...state.getAll("open")) : linked;
    if (turn !== shown) return;
    const { found, counts } = select.find(state, hits.found, linked === -1 ? null : linked);
    const missing = opened === -1 && `This report has no item “${state.get("id") ?? state.getAll("open")[2]}” of that run and rubric; what else the link asks for is shown.`;
    const outside = opened >= 0 && opened !== null && !found.includes(opened) && "The item to be opened does not meet the filters.";
    notice.textContent = [address.unknown(state), missing, outside].filter(Boolean).join(" ");
    controls.update(state, counts);
    if (document.activeElement !== form.search) form.search.value = state.get("q") ?? "";
    form.order.value = state.get("order") in address.ORDERS ? state.get("order") : "leaks";
    chips.replaceChildren(...address.chips(state).map(({ text, without }) => make("li", {}, make("a", { href: address.write(without), "aria-label": `Remove filter: ${text}` }, text))));
    if (chips.childElementCount > 1) chips.append(make("li", {}, make("a", { href: "#items", class: "all" }, "show all")));
    count.textContent = found.length === data.n ? say.items(data.n) : `${say.count(found.length)} of ${say.items(data.n)}`;
    const plain = address.set(state, "open");
    copyFilter.href = address.write(plain);
    await fill(found, opened, needle, turn);
    if (turn === shown) section.dataset.ready = "true";
  }

  /** The page of the list that holds the opened item, or the one asked for. */
  async function fill(found, opened, needle, turn) {
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    const at = opened === null ? -1 : found.indexOf(opened);
    const asked = at >= 0 ? Math.floor(at / PAGE) + 1 : Number(state.get("page") ?? 1);
    const page = Math.min(Math.max(Math.trunc(asked) || 1, 1), pages);
    const lines = Array.from(found.subarray((page - 1) * PAGE, page * PAGE), (i) => itemView.line(i, needle));
    await Promise.all(lines.map((one) => one.filled));
    if (turn !== shown) return;
    list.replaceChildren(...lines.map((one) => one.made));
    list.start = (page - 1) * PAGE + 1;
    pager.hidden = pages === 1;
    const [back, forth] = pager.querySelectorAll("button");
    pager.querySelector("span").textContent = `page ${say.count(page)} of ${say.count(pages)}`;
    for (const [button, to] of [[back, page - 1], [forth, page + 1]]) {
      button.disabled = to < 1 || to > pages;
      button.dataset.page = to;
    }
    if (at >= 0) await open(list.querySelector(`[data-index="${opened}"]`), needle);
  }

  async function open(button, needle) {
    const body = await itemView.body(Number(button.dataset.index), needle);
    if (!button.isConnected) return;
    body.id = `item-${button.dataset.index}`;
    button.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-controls", body.id);
    button.after(body);
  }

  /** Open an item in its place, or close it; the list around it stays. */
  async function toggle(button) {
    const i = Number(button.dataset.index);
    const was = button.getAttribute("aria-expanded") === "true";
    const { run, rubric } = data.columns;
    const names = [data.words.runs[run[i]], data.words.rubrics[rubric[i]], (await data.detail(i)).id];
    for (const other of list.querySelectorAll("[aria-expanded=true]")) {
      other.nextElementSibling.remove();
      other.setAttribute("aria-expanded", "false");
      other.removeAttribute("aria-controls");
    }
    if (!state.has("id")) {
      state = was ? address.set(state, "open") : address.set(state, "open", ...names);
      history.pushState({ shown: true }, "", address.write(state));
    }
    if (!was) await open(button, hits.text);
  }

  async function copy(link) {
    const text = link.textContent;
    await navigator.clipboard.writeText(link.href);
    link.textContent = "Copied";
    setTimeout(() => { link.textContent = text; }, 1500);
  }

  section.addEventListener("click", (event) => {
    const line = event.target.closest("button.line");
    const link = event.target.closest("a[href^='#item']");
    if (line) toggle(line);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    // Where the clipboard is not to be had, the link is followed, so that the address bar holds it.
    if (link.matches(".copy, .copy-filter")) copy(link).catch(() => go(address.read(link.hash)));
    else go(address.read(link.hash)).then(() => { if (!link.isConnected) count.focus(); });
  });

  let waiting = 0;
  let typed = false; // one step back for a whole word, not for each letter
  form.search.addEventListener("focus", () => { typed = false; });
  form.search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const text = form.search.value.trim();
      go(address.set(state, "q", ...(text ? [text] : [])), typed);
      typed = true;
    }, 150);
  });
  form.order.addEventListener("change", () => go(address.set(state, "order", ...(form.order.value === "leaks" ? [] : [form.order.value]))));
  form.addEventListener("submit", (event) => event.preventDefault());
  pager.addEventListener("click", async (event) => {
    const to = event.target.closest("button")?.dataset.page;
    if (!to) return;
    await go(address.set(state, "page", to));
    section.querySelector(".results").scrollIntoView({ behavior: "instant" });
    count.focus({ preventScroll: true });
  });

  // j and k, or the arrows, from item to item; only while one has the focus, so that no other key is taken away.
  list.addEventListener("keydown", (event) => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches("button.line") || event.ctrlKey || event.metaKey || event.altKey) return;
    const lines = [...list.querySelectorAll("button.line")];
    event.preventDefault();
    lines[lines.indexOf(event.target) + step]?.focus();
  });

  section.querySelector(".print").addEventListener("click", () => {
    document.documentElement.classList.add("print-items");
    window.print();
  });
  window.addEventListener("afterprint", () => document.documentElement.classList.remove("print-items"));

  window.addEventListener("hashchange", arrive);
  explorer.hidden = false;
  await arrive();
})();
