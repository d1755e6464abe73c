// The keys: pointer (mouse, touch, pen), keyboard and screen readers alike. A key works when it goes down.

import * as tones from "./tones.js";

const KEYS = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"],
  ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"],
  ["*", ""], ["0", "+"], ["#", ""],
];
const NAMES = { "*": "star", "#": "pound" };
const TAP = 140; // milliseconds that a key sounds which has no "up" of its own

export function build(pad, pressed) {
  const buttons = new Map();
  for (const [key, letters] of KEYS) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.key = key;
    if (NAMES[key]) button.setAttribute("aria-label", NAMES[key]);
    button.append(document.createTextNode(key === "*" ? "∗" : key));
    const small = document.createElement("small");
    small.textContent = letters || "\u00a0";
    small.setAttribute("aria-hidden", "true");
    button.append(small);
    pad.append(button);
    buttons.set(key, button);
  }

  const down = new Map(); // what ends the tone, by pointer or keyboard key
  const press = (id, key) => {
    release(id);
    tones.wake();
    const stop = tones.key(key);
    buttons.get(key).classList.add("down");
    down.set(id, () => { stop(); buttons.get(key).classList.remove("down"); });
    pressed(key);
  };
  const release = (id) => {
    down.get(id)?.();
    down.delete(id);
  };

  pad.addEventListener("pointerdown", (event) => {
    const key = event.target.closest("button")?.dataset.key;
    if (key && event.button === 0) press(event.pointerId, key);
  });
  // A key that is clicked takes no focus: Enter goes on to call, and does not press it again.
  pad.addEventListener("mousedown", (event) => event.preventDefault());
  for (const name of ["pointerup", "pointercancel"]) {
    window.addEventListener(name, (event) => release(event.pointerId));
  }
  // Enter, space and screen readers click without a pointer.
  pad.addEventListener("click", (event) => {
    const key = event.target.closest("button")?.dataset.key;
    if (!key || event.detail !== 0) return;
    press("click", key);
    setTimeout(release, TAP, "click");
  });
  window.addEventListener("blur", () => { for (const id of [...down.keys()]) release(id); });

  return { press, release, has: (key) => buttons.has(key) };
}
