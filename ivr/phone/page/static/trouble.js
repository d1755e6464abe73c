// What went wrong, in words: what it means and what to look at.

const box = document.querySelector("#trouble");

const CODES = {
  0: "The call went round and round without an end.",
  11100: "The document names an address that is none.",
  11200: "The service answered with an error, or not in time. Its terminal says more.",
  11205: "The service cannot be reached. Does `ivr serve` still run?",
  11206: "The service broke off in the middle of its answer.",
  11215: "The service sends from one address to the next without an end.",
  11750: "The document is larger than 64 kB, which no carrier takes.",
  11770: "The service answered with nothing.",
  12100: "The document is no XML.",
  12102: "The document is no TwiML: its root is not Response.",
  12200: "The document has something that TwiML lacks.",
  12300: "The answer is no document: its content type is not XML.",
  13214: "The number that the other side would see is none that can be shown.",
  13420: "What should be played is no audio.",
  13520: "The words to say are empty or too long.",
};

export function show(title, text) {
  const strong = document.createElement("strong");
  strong.textContent = title;
  box.replaceChildren(strong, text);
  box.hidden = false;
}

export function clear() {
  box.hidden = true;
  box.replaceChildren();
}

// An error as a carrier would log it.
export function carrier(code, text) {
  const meaning = CODES[code] ?? (code >= 13000 ? "A verb of the document has a value that it does not take." : "");
  show(code ? `Carrier error ${code}` : "The call was ended", `${meaning} ${text}`.trim());
}
