// Whoever comes to a step by a link finds it unfolded.

function unfold() {
  const step = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!(step instanceof HTMLDetailsElement)) return;
  step.open = true;
  step.scrollIntoView();
}

addEventListener("hashchange", unfold);
unfold();
