// The conversation as text: what the line says, with its language, what this phone does, and what happens.

const box = document.querySelector("#transcript");
const list = box.querySelector("ol");
const empty = document.querySelector("#empty");
const names = new Intl.DisplayNames(["en"], { type: "language" });

let last = null; // the newest item, while more keys may join it
let heard = ""; // who was heard last, so that it is said once

export function clear() {
  list.replaceChildren();
  empty.hidden = false;
  last = null;
  heard = "";
}

// Words of the line, or of the other side (`who`).
export function line(text, language, who = "") {
  const item = add("line");
  const speaker = who || languageName(language);
  if (speaker !== heard) {
    const from = document.createElement("span");
    from.className = "from";
    from.textContent = heard = speaker;
    item.prepend(from);
  }
  const bubble = item.querySelector(".bubble");
  bubble.textContent = text;
  if (language) bubble.lang = item.dataset.language = language;
  settle();
  return item;
}

export function keys(key) {
  if (last?.classList.contains("keys")) {
    last.querySelector(".bubble").textContent += key;
  } else {
    last = add("mine keys");
    last.querySelector(".bubble").textContent = key;
  }
  settle();
}

export function mine(text) {
  add("mine").querySelector(".bubble").textContent = text;
  settle();
}

export function note(text) {
  add("note").querySelector(".bubble").textContent = text;
  settle();
}

function add(kind) {
  empty.hidden = true;
  const item = document.createElement("li");
  item.className = kind;
  const bubble = document.createElement("span");
  bubble.className = "bubble";
  item.append(bubble);
  list.append(item);
  last = null;
  return item;
}

function settle() {
  box.scrollTop = box.scrollHeight;
}

function languageName(language) {
  try {
    return names.of(language);
  } catch {
    return language;
  }
}
