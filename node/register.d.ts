// Imported for its effect: it replaces node:dgram, or unix-dgram, by libdgram.
export {};
