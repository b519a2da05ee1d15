// The filter bar: a menu for each column that has more than one value, toggles for what is worth a look.
function facets(bar, toggles, go) {
  let state = new URLSearchParams();
  const menus = [];
  const everything = select.find(state).counts;
  const varies = (key) => everything[key].filter((items) => items > 0).length > 1;

  for (const [key, facet] of Object.entries(address.FACETS)) {
    const words = data.words[facet.words];
    if (key === "flag" || (everything[key] ? !varies(key) : words.length < 2)) continue;
    if (key === "rubric" && words.length <= data.words.sides.length) continue; // the sides say the same
    const single = key === "against";
    const options = [...words.keys(), ...(facet.none ? [-1] : [])].map((index) => option(key, index < 0 ? "" : words[index], index, single));
    const summary = make("summary", {}, facet.name);
    const menu = make("details", { class: "facet", name: "facet", "data-key": key }, summary, make("div", { class: "options", role: "group", "aria-label": facet.name }, ...options.map((one) => one.made)));
    bar.append(menu);
    menus.push({ key, menu, options });
  }

  const met = [...data.words.flags.entries()].filter(([index]) => everything.flag[index + 1] > 0);
  const flags = met.map(([index, flag]) => {
    const number = make("span", { class: "number" });
    const button = make("button", { type: "button", "aria-pressed": "false", "data-flag": flag }, address.value("flag", flag), " ", number);
    button.addEventListener("click", () => change("flag", flag, button.getAttribute("aria-pressed") !== "true"));
    toggles.append(button);
    return { flag, index, button, number };
  });

  function option(key, text, index, single) {
    const box = make("input", { type: "checkbox", value: text });
    const number = make("span", { class: "number" });
    box.addEventListener("change", () => (single ? go(address.set(state, key, ...(box.checked ? [text] : []))) : change(key, text, box.checked)));
    return { made: make("label", {}, box, make("span", {}, address.value(key, text)), number), box, text, index, number };
  }

  function change(key, text, wanted) {
    const rest = state.getAll(key).filter((one) => one !== text);
    go(address.set(state, key, ...rest, ...(wanted ? [text] : [])));
  }

  /** Show what a state asks for, and how many items each value would leave. */
  function update(next, counts) {
    state = next;
    for (const { key, menu, options } of menus) {
      menu.hidden = (key === "from" || key === "was") && !counts[key];
      const chosen = state.getAll(key);
      for (const { made, box, text, index, number } of options) {
        const items = counts[key]?.[index + 1];
        box.checked = chosen.includes(text);
        number.textContent = items === undefined ? "" : say.count(items);
        made.classList.toggle("empty", items === 0);
        made.hidden = items === 0 && index < 0 && !box.checked;
      }
      menu.classList.toggle("active", chosen.length > 0);
    }
    for (const { flag, index, button, number } of flags) {
      const pressed = state.getAll("flag").includes(flag);
      number.textContent = say.count(counts.flag[index + 1]);
      button.setAttribute("aria-pressed", String(pressed));
      button.disabled = !pressed && counts.flag[index + 1] === 0;
    }
  }

  document.addEventListener("click", (event) => {
    for (const { menu } of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  bar.addEventListener("keydown", (event) => {
    const menu = event.target.closest("details[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  return { update };
}
