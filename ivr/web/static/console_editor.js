// The editor: line numbers, the checker's problems beside the lines while one types, Ctrl+S, indentation.

const form = document.querySelector("#editor");
const text = document.querySelector("#text");
const gutter = document.querySelector(".gutter");
const here = document.querySelector("#here");
const list = document.querySelector("#problems");
const unsaved = document.querySelector("#unsaved");
const PAUSE = 500; // milliseconds after the last key

let problems = [];
let loaded = text?.value ?? "";
let asked = 0;
let leaving = false;

function lineOf(position) {
  return text.value.slice(0, position).split("\n").length;
}

function number() {
  const lines = text.value.split("\n").length;
  while (gutter.children.length > lines) gutter.lastChild.remove();
  while (gutter.children.length < lines) {
    const row = document.createElement("div");
    row.textContent = gutter.children.length + 1;
    gutter.append(row);
  }
}

function mark() {
  for (const row of gutter.querySelectorAll(".error, .warning")) {
    row.className = "";
    row.title = "";
  }
  for (const it of problems) {
    const row = it.file ? null : gutter.children[it.line - 1];
    if (!row) continue;
    if (row.className !== "error") row.className = it.severity;
    row.title += `${row.title ? "\n" : ""}${it.message}`;
  }
}

function follow() {
  gutter.scrollTop = text.scrollTop;
}

function tellHere() {
  const line = lineOf(text.selectionStart);
  const there = problems.filter((it) => it.line === line && !it.file);
  here.textContent = there.length ? `Line ${line}: ${there.map((it) => it.message).join("; ")}` : "\u00a0";
  here.className = `here ${there.some((it) => it.severity === "error") ? "bad" : there.length ? "warn" : ""}`;
}

function show(found, more) {
  problems = found;
  list.replaceChildren();
  if (!found.length) {
    const fine = document.createElement("p");
    fine.className = "good";
    fine.textContent = "No problems.";
    list.append(fine);
  } else {
    const all = document.createElement("ul");
    all.className = "problems";
    for (const it of found) {
      const item = document.createElement("li");
      item.className = it.severity;
      const where = document.createElement("a");
      where.href = `#line-${it.line}`;
      where.dataset.line = it.line;
      where.dataset.column = it.column;
      where.textContent = `${it.file ? `${it.file}, ` : ""}line ${it.line}`;
      if (it.file) where.removeAttribute("href");
      const how = document.createElement("span");
      how.className = it.severity === "error" ? "bad" : "warn";
      how.textContent = it.severity;
      const rule = document.createElement("span");
      rule.className = "quiet";
      rule.textContent = it.rule;
      item.append(where, " ", how, ` ${it.message} `, rule);
      all.append(item);
    }
    if (more > 0) {
      const rest = document.createElement("li");
      rest.className = "quiet";
      rest.textContent = `and ${more} more`;
      all.append(rest);
    }
    list.append(all);
  }
  mark();
  tellHere();
}

async function check() {
  const mine = ++asked;
  const body = new FormData();
  body.set("csrf_token", form.elements.csrf_token.value);
  body.set("text", text.value);
  list.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.dataset.check, { method: "POST", body, headers: { Accept: "application/json" } });
    if (mine !== asked) return; // somebody typed on
    if (!response.ok) throw new Error(response.status === 401 ? "You are signed out: sign in in another tab, then go on here." : "The checker does not answer; what you typed is still here.");
    const found = await response.json();
    if (found.refused) throw new Error(`This cannot be saved: ${found.refused}.`);
    show(found.problems, found.more);
    list.dataset.checked = String(mine);
  } catch (error) {
    if (mine !== asked) return;
    const words = document.createElement("p");
    words.className = "bad";
    words.textContent = error instanceof TypeError ? "The checker does not answer; what you typed is still here." : error.message;
    list.replaceChildren(words);
  } finally {
    if (mine === asked) list.removeAttribute("aria-busy");
  }
}

function go(line, column) {
  const rows = text.value.split("\n");
  const start = rows.slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0);
  text.focus();
  text.setSelectionRange(start + Math.max(0, column - 1), start + (rows[line - 1] ?? "").length);
  text.scrollTop = Math.max(0, (line - 6) * (text.scrollHeight / rows.length));
  text.scrollLeft = 0;
  follow();
  tellHere();
}

// The next line begins where this one does; after a colon two further in.
function indent(event) {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || text.readOnly) return;
  const before = text.value.slice(0, text.selectionStart).split("\n").pop();
  const deeper = /:\s*$/.test(before) ? "  " : "";
  event.preventDefault();
  document.execCommand("insertText", false, `\n${/^ */.exec(before)[0]}${deeper}`); // as typing does, so that undo works
}

if (text) {
  let waits;
  number();
  text.addEventListener("scroll", follow);
  text.addEventListener("input", () => {
    number();
    mark();
    follow();
    if (unsaved) unsaved.hidden = text.value === loaded;
    clearTimeout(waits);
    if (form.dataset.check) waits = setTimeout(check, PAUSE);
  });
  text.addEventListener("keydown", indent);
  for (const event of ["keyup", "click", "focus"]) text.addEventListener(event, () => { if (list) tellHere(); });
  list?.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link || !link.hasAttribute("href")) return;
    event.preventDefault();
    go(Number(link.dataset.line), Number(link.dataset.column));
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s" && document.querySelector("#save")) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && text.value !== loaded) event.preventDefault();
  });
  if (form.dataset.check) check();
  const wanted = /^#line-(\d+)$/.exec(location.hash);
  if (wanted) go(Number(wanted[1]), 1);
}
