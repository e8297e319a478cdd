'use strict';
// The numbers of errors by name, as errors of Node have them: negative. On Windows
// os.constants.errno has others, which are those of C.
const { constants: { errno } } = require('node:os');
const { getSystemErrorMap } = require('node:util');

const numbers = { __proto__: null };
for (const name of Object.keys(errno)) numbers[name] = -errno[name];
getSystemErrorMap().forEach(([name], number) => { numbers[name] = number; });

module.exports = numbers;
