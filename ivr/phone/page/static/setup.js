// What is called, by whom, and when: the form beside the phone. Remembered for this tab.

import * as draft from "./draft.js";

const line = document.querySelector("#line");
const to = document.querySelector("#to");
const mine = document.querySelector("#mine");
const moment = document.querySelector("#moment");
const momentField = document.querySelector("#moment-field");
const lineFacts = document.querySelector("#line-facts");
const whenFacts = document.querySelector("#when-facts");
const names = new Intl.DisplayNames(["en"], { type: "language" });

const OTHER = "";
const CALLER = "+15005550140";
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

let lines = [];
let changed = () => {};
let wanted = null; // a call of the log that is to be made again, until the lines are known
let exact = null; // its moment: { shown, at }, to the minute as it is shown, and to the second
let dialled = false; // whether the number was dialled key by key

export function begin(onChange) {
  changed = onChange;
  mine.value = sessionStorage.getItem("mine") ?? CALLER;
  mine.addEventListener("input", () => sessionStorage.setItem("mine", mine.value));
  line.addEventListener("change", () => {
    dialled = false;
    to.value = chosen()?.numbers[0] ?? "";
    show();
    if (!to.value) to.focus();
  });
  to.addEventListener("input", () => {
    dialled = false;
    match();
  });
  for (const radio of document.querySelectorAll("[name=when]")) radio.addEventListener("change", show);
  moment.addEventListener("input", show);
  for (const chip of document.querySelectorAll("[data-moment]")) {
    chip.addEventListener("click", () => {
      moment.value = momentOf(chip.dataset.moment);
      show();
    });
  }
}

// A call of the log is to be made again: the same number, at the same time, which is shown to the minute.
export function again(whole) {
  if (!whole) return;
  wanted = whole;
  to.value = whole.to || (lines.find((one) => one.file === whole.line)?.numbers[0] ?? "");
  if (lines.length) match();
  document.querySelector("[name=when][value=at]").checked = true;
  moment.value = localIn(zone(), new Date(whole.at));
  exact = { shown: moment.value, at: whole.at };
  if (lines.length) wanted = null;
  show();
}

// A draft of a line is to be called.
export function drafted() {
  const number = draft.load();
  if (!number) return;
  to.value = number;
  dialled = false;
  if (lines.length) match();
}

// The lines that the service has; what was chosen stays chosen.
export function offer(found) {
  lines = found;
  const had = to.value || (lines.find((one) => one.file === wanted?.line)?.numbers[0] ?? "");
  line.replaceChildren(
    ...lines.map((one) => new Option(one.title, one.file)),
    new Option("Another number", OTHER),
  );
  if (had) {
    to.value = had;
    match();
    if (wanted) again(wanted);
  } else {
    const kept = sessionStorage.getItem("line");
    line.value = lines.some((one) => one.file === kept) ? kept : (lines[0]?.file ?? OTHER);
    to.value = chosen()?.numbers[0] ?? "";
    show();
  }
}

// A key of the keypad while there is no call: it dials.
export function dial(key) {
  to.value = dialled ? to.value + key : key;
  dialled = true;
  match();
}

export function erase() {
  if (!dialled) return false;
  to.value = to.value.slice(0, -1);
  match();
  return true;
}

// The call as it is set up: { to, from, at, zone, line }; `at` is local to the zone, or null for now.
export function call() {
  const number = to.value.trim();
  return { to: number, from: mine.value.trim(), at: chosenMoment(), zone: zone(), line: chosen(), version: draft.of(number) };
}

export const own = () => mine.value.trim();

function chosen() {
  return lines.find((one) => one.file === line.value) ?? null;
}

function match() {
  const digits = to.value.replace(/\D/g, "");
  const found = lines.find((one) => one.numbers.some((number) => number.replace(/\D/g, "") === digits));
  line.value = found?.file ?? OTHER;
  if (found && dialled) to.value = found.numbers.find((number) => number.replace(/\D/g, "") === digits);
  show();
}

function show() {
  const one = chosen();
  if (one) sessionStorage.setItem("line", one.file);
  lineFacts.textContent = draft.of(to.value.trim()) ? draft.words() : one
    ? `${one.languages.map(languageName).join(", ")} · ${one.file}.yaml · version ${one.version}`
    : lines.length ? "No line of this service answers it." : "The service has no line yet.";
  const later = document.querySelector("[name=when]:checked").value === "at";
  momentField.hidden = !later;
  if (later && !moment.value) moment.value = momentOf("night");
  whenFacts.textContent = later ? `The line will believe that it is then in ${city(zone())}.` : `${timeIn(zone(), new Date())} in ${city(zone())}`;
  changed();
}

function chosenMoment() {
  const later = document.querySelector("[name=when]:checked").value === "at";
  if (!later || !moment.value) return null;
  return moment.value === exact?.shown ? exact.at : moment.value;
}

function zone() {
  return chosen()?.zone ?? HERE;
}

// A moment that is yet to come, in the line's zone, as `datetime-local` writes it.
function momentOf(name) {
  const [year, month, day, weekday] = dayIn(zone(), new Date());
  const at = (y, m, d, hour) => `${new Date(Date.UTC(y, m, d)).toISOString().slice(0, 10)}T${hour}:00`;
  if (name === "holiday") return at(year + 1, 0, 1, "03");
  if (name === "sunday") return at(year, month, day + (7 - weekday || 7), "12");
  return at(year, month, day + 1, "03");
}

// A moment by the clock of a zone, as `datetime-local` writes it.
function localIn(timeZone, date) {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(date);
  const part = (name) => parts.find((one) => one.type === name).value;
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

function dayIn(timeZone, date) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(date);
  const [year, month, day] = parts.split("-").map(Number);
  return [year, month - 1, day, new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
}

export function timeIn(timeZone, date, seconds = false) {
  return new Intl.DateTimeFormat("en", {
    timeZone, weekday: "short", day: "numeric", month: "short", year: "numeric",
    hour: "numeric", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}),
  }).format(date);
}

// Where a time zone is, for people: America/Chicago is Chicago.
export function city(timeZone) {
  return timeZone.split("/").pop().replaceAll("_", " ");
}

function languageName(language) {
  try {
    return names.of(language);
  } catch {
    return language;
  }
}
