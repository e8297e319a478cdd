// Imported for its effect: it replaces node:dgram by libdgram.
export {};
