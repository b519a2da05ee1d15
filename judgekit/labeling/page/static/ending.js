// The end of a sitting: nothing left to label, and what came of the labels.
import { button, element, the, view } from "./around.js";

// A screen without an item; acts: the ids of the buttons that it offers.
export function showOver(kind, title, text, acts, ...rest) {
  view(kind);
  the("over-title").textContent = title;
  the("over-text").textContent = text;
  the("over-more").replaceChildren(...rest);
  for (const one of the("over-acts").children) one.hidden = !acts.includes(one.id);
  the("over-hint").hidden = kind !== "result";
  scrollTo(0, 0);
  the("over-title").focus({ preventScroll: true });
}

export function showResult({ certified, sentence, command, written }, promise) {
  const title = certified ? "Certified" : promise ? "Nothing is certified yet" : "Your labels are saved";
  const rest = command ? [element("h2", "", "Next command"), commandBlock(command)] : [];
  if (written.length) rest.push(element("h2", "", "Written"), element("ul", "files", ...written.map((path) => element("li", "", element("code", "", path)))));
  showOver("result", title, sentence, ["go-on"], ...rest);
}

function commandBlock(command) {
  const code = element("pre", "", element("code", "", command));
  code.tabIndex = 0;
  const copied = element("span", "hint");
  copied.setAttribute("role", "status");
  const copy = button("Copy", async () => {
    try {
      await navigator.clipboard.writeText(command);
      copied.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(code);
      copied.textContent = "Selected: copy it with Ctrl+C.";
    }
  });
  return element("div", "command", code, copy, copied);
}
