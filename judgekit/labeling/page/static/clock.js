// How long a person looks at an item: hidden time, and more than a minute without any movement, do not count.

const IDLE = 60_000; // ms
const MOVEMENTS = ["keydown", "pointerdown", "pointermove", "scroll", "wheel", "touchmove", "focusin"];

let looked = 0;
let last = 0;
let hidden = document.hidden;

function note() {
  const now = performance.now();
  if (!hidden && now - last <= IDLE) looked += now - last;
  last = now;
  hidden = document.hidden;
}

for (const movement of MOVEMENTS) addEventListener(movement, note, { passive: true, capture: true });
document.addEventListener("visibilitychange", note);

export function restart() {
  note();
  looked = 0;
}

// Seconds looked since the last restart.
export function seconds() {
  note();
  return looked / 1000;
}
