'use strict';
// Pausing, iterating and breaking at random loses nothing and repeats nothing. SEEDS=N
// tries more.
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { describe, test } = require('node:test');
const { promisify } = require('node:util');

const program = path.join(__dirname, 'lib', 'random_flow.js');
const SEEDS = +(process.env.SEEDS ?? 5);

describe('random flow', { concurrency: 2 }, () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const how of [[], ['listener']]) {
      test(`seed ${seed} ${how}`, async () => {
        const { stdout } = await promisify(execFile)(process.execPath, [
          program, seed, 400, ...how,
        ], { encoding: 'utf8', timeout: 120000 });
        assert.strictEqual(stdout, `${seed} ok\n`);
      });
    }
  }
});
