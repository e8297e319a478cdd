'use strict';
// The numbers of errors by name, as Node reports them in `errno`: negative. On Windows
// they are not those of os.constants.errno, which are those of the C library.
const { constants: { errno } } = require('node:os');
const { getSystemErrorMap } = require('node:util');

const numbers = { __proto__: null };
for (const name of Object.keys(errno)) numbers[name] = -errno[name];
getSystemErrorMap().forEach(([name], number) => { numbers[name] = number; });

module.exports = numbers;
