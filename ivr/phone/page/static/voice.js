// The voice of the line: words by speech synthesis in their language, recordings as audio.
// One sound at a time. Whatever the browser lacks, each sound comes to its end, so that the call goes on.

const WORDS_A_SECOND = 2.5;
const LATE = 4; // seconds that a browser may take longer than expected before it is given up

const HOLD = 600; // milliseconds to wait for the carrier's word that a key cut the sound short

let current = null; // the sound at hand
let muted = false;
const synthesis = window.speechSynthesis ?? null;
let voices = synthesis?.getVoices() ?? [];
synthesis?.addEventListener?.("voiceschanged", () => { voices = synthesis.getVoices(); });

export function mute(yes) {
  muted = yes;
  if (current?.audio) current.audio.muted = yes;
  // Words that are being spoken go on in silence for as long as they would have taken.
  if (yes && current?.spoken) {
    current.spoken = false;
    current.detach();
    silenceSynthesis();
  }
}

// Whether this browser can speak the language; where it cannot, words are shown for as long as they would take.
export function speaks(language) {
  return voiceOf(language) !== null;
}

// Says words or plays a recording; `heard` is called once, at its end, unless it is stopped before.
export function begin(sound, heard) {
  stop();
  const self = (current = {
    audio: null,
    spoken: false,
    held: false,
    timer: null,
    detach() {},
    finish() {
      if (current !== self) return;
      current = null;
      clearTimeout(self.timer);
      heard();
    },
  });
  const seconds = sound.seconds ?? secondsOf(sound.text ?? "");
  if (sound.src) play(self, sound);
  else if (sound.text && !muted && speaks(sound.language)) say(self, sound, seconds);
  else wait(self, seconds);
}

// Falls silent at once, before anybody says that the sound is over; where nobody does, it goes on.
export function hold() {
  const self = current;
  if (!self || self.held) return;
  self.held = true;
  self.audio?.pause();
  if (self.spoken) synthesis.pause();
  setTimeout(() => {
    if (current !== self) return;
    self.held = false;
    if (self.audio) self.audio.play().catch(() => {});
    if (self.spoken) synthesis.resume();
  }, HOLD);
}

export function stop() {
  const was = current;
  current = null;
  if (!was) return;
  clearTimeout(was.timer);
  was.detach();
  was.audio?.pause();
  if (was.spoken) silenceSynthesis();
}

export function secondsOf(text) {
  return text.split(/\s+/).filter(Boolean).length / WORDS_A_SECOND;
}

function silenceSynthesis() {
  synthesis.cancel();
  synthesis.resume(); // one that was paused would stay so for all that comes
}

function wait(self, seconds) {
  clearTimeout(self.timer);
  self.timer = setTimeout(self.finish, seconds * 1000);
}

function say(self, sound, seconds) {
  const words = new SpeechSynthesisUtterance(sound.text);
  words.lang = sound.language;
  words.voice = voiceOf(sound.language);
  words.onend = words.onerror = self.finish;
  self.detach = () => { words.onend = words.onerror = null; };
  self.spoken = true;
  self.words = words; // some browsers forget an utterance that nobody holds
  synthesis.cancel();
  synthesis.speak(words);
  wait(self, seconds * 1.6 + LATE);
}

function play(self, sound) {
  const audio = new Audio(sound.src);
  self.audio = audio;
  audio.muted = muted;
  const fail = () => {
    self.detach();
    wait(self, sound.text ? secondsOf(sound.text) : 0);
  };
  audio.onended = self.finish;
  audio.onerror = fail;
  audio.onloadedmetadata = () => {
    if (Number.isFinite(audio.duration)) wait(self, audio.duration + LATE);
  };
  self.detach = () => { audio.onended = audio.onerror = audio.onloadedmetadata = null; };
  wait(self, (sound.seconds ?? 10) + LATE);
  audio.play().catch(fail);
}

function voiceOf(language) {
  const wanted = language.toLowerCase();
  const named = (voice) => voice.lang.replace("_", "-").toLowerCase();
  const fitting = voices.filter((voice) => named(voice) === wanted);
  const near = voices.filter((voice) => named(voice).split("-")[0] === wanted.split("-")[0]);
  return fitting.find((voice) => voice.localService) ?? fitting[0] ?? near[0] ?? null;
}
