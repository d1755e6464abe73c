// A gentle sound while a call is offered: two soft notes, every three seconds.

const NOTES = [659.26, 523.25];
const EVERY = 3000;
const LOUDNESS = 0.09;

let context = null;
let timer = 0;

// Browsers let a page sound only after somebody touched it.
for (const touch of ["pointerdown", "keydown"]) {
  addEventListener(touch, () => {
    context ??= new AudioContext();
    context.resume();
  });
}

/** Whether it could be heard. */
export const audible = () => context?.state === "running";

/** Rings until it is told not to. */
export function ring(on) {
  if (on === Boolean(timer)) return;
  clearInterval(timer);
  timer = on ? setInterval(chime, EVERY) : 0;
  if (on) chime();
}

function chime() {
  if (!audible()) return;
  NOTES.forEach((note, number) => {
    const begin = context.currentTime + number * 0.28;
    const [tone, loudness] = [context.createOscillator(), context.createGain()];
    tone.frequency.value = note;
    loudness.gain.setValueAtTime(0, begin);
    loudness.gain.linearRampToValueAtTime(LOUDNESS, begin + 0.04);
    loudness.gain.exponentialRampToValueAtTime(0.0001, begin + 0.9);
    tone.connect(loudness).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + 1);
  });
}
