'use strict';
// Which modules a program with a socket loads: each takes time.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const test = require('./lib/needs_native')('what it loads');

const root = path.join(__dirname, '..');

// Returns what is loaded when the first datagram is sent: the modules of Node since the
// start of the program, and the files.
function loadedBy(name) {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', `
    const before = process.moduleLoadList.length;
    const socket = require(${JSON.stringify(name)}).createSocket('udp4', () => {
      socket.close();
      console.log(JSON.stringify({ modules, files }));
    });
    let modules, files;
    socket.bind(0, '127.0.0.1', () =>
      socket.send('x', socket.address().port, '127.0.0.1', () => {
        modules = process.moduleLoadList.slice(before);
        files = Object.keys(require.cache);
      }));`], { encoding: 'utf8', timeout: 60000 });
  assert.notStrictEqual(stdout, '', stderr);
  return JSON.parse(stdout);
}

// Without process.getBuiltinModule() the package needs node:module.
const skip = process.getBuiltinModule === undefined;

test('no modules of Node that node:dgram does not load', { skip }, () => {
  const given = ['NativeModule process', ...loadedBy('node:dgram').modules];
  const more = loadedBy(root).modules.filter((name) => !given.includes(name));
  assert.deepStrictEqual(more, []);
});
