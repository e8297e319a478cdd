'use strict';
// The numbers of errors by name, as Node reports them in `errno`: negative. On Windows
// they are not those of os.constants.errno, which are those of the C library.
const { getSystemErrorMap } = require('node:util');

const numbers = { __proto__: null };
getSystemErrorMap().forEach(([name], number) => { numbers[name] = number; });

module.exports = numbers;
