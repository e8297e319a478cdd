'use strict';
// Loads another instance of a module, as test runners do for each test: in a context of
// its own, with a copy of the process and globals that the test may replace.
const fs = require('node:fs');
const { isBuiltin } = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const GIVEN = ['Buffer', 'performance', 'setTimeout', 'setImmediate', 'setInterval',
               'clearTimeout', 'queueMicrotask', 'AbortController', 'console'];

function copyOf(object) {
  return Object.create(Object.getPrototypeOf(object),
                       Object.getOwnPropertyDescriptors(object));
}

// Returns the globals and a function that requires by path.
module.exports = () => {
  const globals = { process: copyOf(process) };
  for (const name of GIVEN) globals[name] = globalThis[name];
  const context = vm.createContext(globals);
  const loaded = new Map();

  function load(file) {
    if (loaded.has(file)) return loaded.get(file).exports;
    const module = { exports: {} };
    loaded.set(file, module);
    const wrapper = vm.runInContext(
      `(function(exports, require, module, __filename, __dirname) {${
        fs.readFileSync(file, 'utf8')}\n})`, context, { filename: file });
    const folder = path.dirname(file);
    const requireFrom = (name) => {
      if (name === 'node:process' || name === 'process') return globals.process;
      if (isBuiltin(name)) return require(name);
      return load(require.resolve(path.resolve(folder, name)));
    };
    wrapper(module.exports, requireFrom, module, file, folder);
    return module.exports;
  }
  return { globals, load };
};
