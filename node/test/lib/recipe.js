'use strict';
// Runs a program of docs/recipes in processes, for the tests in node/test/recipes.
const assert = require('node:assert');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { createInterface } = require('node:readline');

class Program {
  #lines;
  #closed;

  constructor(file, args, options) {
    this.child = spawn(process.execPath, [file, ...args.map(String)],
                       { timeout: 60000, ...options });
    this.output = '';
    this.errors = '';
    this.child.stdout.on('data', (data) => this.output += data);
    this.child.stderr.on('data', (data) => this.errors += data);
    this.#lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();
    this.#closed = once(this.child, 'close');
  }

  // The next line of its output.
  async next() {
    const { value, done } = await this.#lines.next();
    assert.ok(!done, `it ended: ${this.output}${this.errors}`);
    return value;
  }

  // The port at the end of its next line, such as "listening on port 7000".
  async port() {
    const line = await this.next();
    const [port] = line.match(/\d+$/) ?? assert.fail(line);
    return Number(port);
  }

  // Waits until it ends. Returns its output.
  async ended(status = 0) {
    const [code, signal] = await this.#closed;
    assert.strictEqual(signal ?? code, status, this.errors);
    if (status === 0) assert.strictEqual(this.errors, '');
    return this.output;
  }

  async kill() {
    if (this.child.exitCode === null && this.child.signalCode === null)
      this.child.kill('SIGKILL');
    await this.#closed;
  }
}

module.exports = class Run {
  #programs = [];

  constructor(file, t) {
    this.file = file;
    this.folder = path.dirname(file); // for files of the test
    this.t = t; // the context of node:test, for t.skip()
  }

  start(...args) {
    return this.startWith({}, ...args);
  }

  // `options` of child_process.spawn().
  startWith(options, ...args) {
    const program = new Program(this.file, args, options);
    this.#programs.push(program);
    return program;
  }

  async end() {
    for (const program of this.#programs) await program.kill();
  }
};
