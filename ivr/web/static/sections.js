// On a narrow screen the sections scroll sideways: the one that is open is always to be seen.

for (const here of document.querySelectorAll(".sections [aria-current]")) {
  const row = here.parentElement;
  row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}
