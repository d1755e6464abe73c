// Words as fields: how long each takes to say while somebody types, and what is not saved yet.

const form = document.querySelector("#words");
const unsaved = document.querySelector("#unsaved");
const fields = [...(form?.querySelectorAll("textarea") ?? [])];
const loaded = new Map(fields.map((it) => [it, it.defaultValue]));
let leaving = false;

function count() {
  const changed = fields.filter((it) => it.value !== loaded.get(it)).length;
  if (unsaved) unsaved.textContent = changed ? `${changed} not saved yet.` : "";
  return changed;
}

for (const field of fields) {
  field.addEventListener("input", () => {
    const words = field.value.split(/\s+/).filter(Boolean).length;
    document.getElementById(`${field.id}-seconds`).textContent = `${((words * 60) / Number(field.dataset.pace)).toFixed(0)} s`;
    field.classList.toggle("changed", field.value !== loaded.get(field));
    count();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) event.preventDefault(); // words have no line breaks
  });
}
form?.addEventListener("submit", () => { leaving = true; });
window.addEventListener("beforeunload", (event) => {
  if (!leaving && count()) event.preventDefault();
});
