'use strict';
// The name of the runtime, if it is not Node but one that runs programs for Node. Such a
// runtime has no libuv, and loading an addon that uses it may end the process.
const { bun, deno } = process.versions;

module.exports = bun ? 'Bun' : deno ? 'Deno' : null;
