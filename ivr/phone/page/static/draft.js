// A draft is to be called: its version, number and line come in the address, behind the #. Only this phone hears it.

let draft = null; // { version, to, line }

// Reads the address: the number to call, or an empty text where no draft is in it.
export function load() {
  const said = new URLSearchParams(location.hash.slice(1));
  const version = said.get("draft") ?? "";
  draft = /^[0-9a-f]{12}$/.test(version) ? { version, to: said.get("to") ?? "", line: said.get("line") ?? "" } : null;
  return draft?.to ?? "";
}

// The version with which a call to this number begins, or null where it is the live one.
export function of(number) {
  return draft && number === draft.to ? draft.version : null;
}

export function words() {
  return `The draft of ${draft.line}.yaml · version ${draft.version} · only this phone hears it`;
}
