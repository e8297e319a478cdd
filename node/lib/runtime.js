'use strict';
// What runs this, if it is not Node but says that it can do what Node does. Those
// have no libuv of their own: loading an addon that uses it may end the process.
const { bun, deno } = process.versions;

module.exports = bun ? 'Bun' : deno ? 'Deno' : null;
