// Prompts: one recording is heard at a time, and a file that is too large is told before it is sent.

const players = [...document.querySelectorAll("audio")];
for (const player of players) {
  player.addEventListener("play", () => {
    for (const other of players) if (other !== player) other.pause();
  });
}

for (const form of document.querySelectorAll("form.send")) {
  const field = form.querySelector("input[type=file]");
  const largest = Number(form.dataset.largest);
  field.addEventListener("change", () => {
    const large = [...field.files].find((it) => it.size > largest);
    const all = [...field.files].reduce((sum, it) => sum + it.size, 0);
    const most = (bytes) => `${Math.floor(bytes / 1e6)} MB`;
    field.setCustomValidity(
      large ? `${large.name} has ${most(large.size)}; a file has at most ${most(largest)}.`
        : all > 2 * largest ? `Together they have ${most(all)}; send at most ${most(2 * largest)} at a time.` : "");
    field.reportValidity();
  });
  form.addEventListener("submit", () => {
    form.querySelector("[role=status]").textContent = "Sent; being looked at …";
  });
}
