// Imported for what it does: node:dgram is libdgram from then on.
export {};
