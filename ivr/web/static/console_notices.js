// The words of a notice: how long each language takes to say, while somebody types.

for (const field of document.querySelectorAll("textarea[data-pace]")) {
  const seconds = document.getElementById(`${field.id}-seconds`);
  field.addEventListener("input", () => {
    const words = field.value.split(/\s+/).filter(Boolean).length;
    seconds.textContent = `${((words * 60) / Number(field.dataset.pace)).toFixed(0)} s`;
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) event.preventDefault(); // words have no line breaks
  });
}
