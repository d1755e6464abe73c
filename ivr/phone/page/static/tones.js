// Tones by Web Audio: the keys' two frequencies each (ITU-T Q.23), the bell, and what one hears while it rings.

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const PAD = "123456789*0#";
const SHORTEST = 0.09; // seconds that a key sounds at least

let context = null;
let muted = false;
let cadence = null;

// To be called in a user's gesture: browsers let no page make a sound before.
export function wake() {
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume().catch(() => {});
  } catch {
    context = null; // a browser without Web Audio, or without a device: the phone works without tones
  }
}

export function mute(yes) {
  muted = yes;
  if (yes) quiet();
}

// Sounds a key until the function that is returned is called.
export function key(name) {
  const at = PAD.indexOf(name);
  if (at < 0) return () => {};
  return sound([ROWS[Math.floor(at / 3)], COLUMNS[at % 3]], 0.07);
}

// The tone before a recording.
export function beep() {
  setTimeout(sound([1000], 0.06), 400);
}

// The bell of this phone: somebody calls.
export function bell() {
  repeat(2600, () => {
    for (const [start, frequency] of [[0, 660], [0.16, 880], [0.32, 660], [0.48, 880]]) {
      setTimeout(() => setTimeout(sound([frequency, frequency * 1.5], 0.05), 120), start * 1000);
    }
  });
}

// What a caller hears while the other side rings (North America: 440 and 480 Hz, 2 s on, 4 s off).
export function ringback() {
  repeat(6000, () => setTimeout(sound([440, 480], 0.03), 2000));
}

export function quiet() {
  clearInterval(cadence);
  cadence = null;
  for (const stop of [...sounding]) stop();
}

const sounding = new Set();

function repeat(every, once) {
  quiet();
  if (muted) return;
  once();
  cadence = setInterval(once, every);
}

function sound(frequencies, volume) {
  if (!context || muted || context.state === "closed") return () => {};
  const began = context.currentTime;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, began);
  gain.gain.linearRampToValueAtTime(volume, began + 0.008);
  gain.connect(context.destination);
  const sources = frequencies.map((frequency) => {
    const source = context.createOscillator();
    source.frequency.value = frequency;
    source.connect(gain);
    source.start();
    return source;
  });
  const stop = () => {
    if (!sounding.delete(stop)) return;
    const end = Math.max(context.currentTime, began + SHORTEST);
    gain.gain.setValueAtTime(volume, end);
    gain.gain.linearRampToValueAtTime(0, end + 0.02);
    for (const source of sources) source.stop(end + 0.03);
    sources[0].onended = () => gain.disconnect();
  };
  sounding.add(stop);
  return stop;
}
