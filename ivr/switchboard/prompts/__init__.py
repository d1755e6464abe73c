"""What callers hear as recordings: which there are, what is to be recorded, and how a recording comes in.

texts      every text of a line that can be recorded, and where its recording is kept
manifest   which words each recording was read from
current    the recordings that a version of a line plays, looked up anew when the manifest changes
standing   how each text stands: recorded, draft, stale, missing or spoken
script     what is to be read, for a studio: as CSV and as a page to print
audio      a file of audio as the telephone has it, or why it is none (needs the audio libraries)
unfit      why a file cannot be a recording
naming     which text a file is the recording of, by its name and folders
bringing   recordings brought in: judged first, then kept, all of them or none
heaps      uploads that are listened to before they are kept
synthesis  the offline synthesizer, from a package or as a program
drafts     recordings by an offline synthesizer, for the time until a person reads them
"""
