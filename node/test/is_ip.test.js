'use strict';
// The package's own isIP() returns what that of node:net does.
const assert = require('node:assert');
const { isIP } = require('node:net');
const { test } = require('node:test');
const own = require('../lib/is_ip');

const TEXTS = [
  '', '.', ':', '::', ':::', '::1', '1::', '1::2', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::',
  '::2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8::', '::1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7', '1:',
  '1::2::3', ':1', ':1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8:', '12345::', '::g', '::1%',
  '::1%eth0', '::1%eth-0.1:2', '::1%eth_0', '::1%%', '%', '%1', '::%é', '1.2.3.4%1',
  '::1.2.3.4', '1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6::1.2.3.4', '1:2:3:4:5::1.2.3.4',
  '1.2.3.4::', '::1.2.3.4:5', '::ffff:1.2.3.256', '::1.2.3', 'fe80::1\n', 'ABCD::ef',
  '1.2.3.4', '01.2.3.4', '1.2.3.04', '256.1.1.1', '1.2.3', '1.2.3.4.', '1.2.3.4.5',
  '255.255.255.255', '0.0.0.0', '00.0.0.0', '1..2.3', '1.2.3.4\n', '1.2.3.4\0', '１.2.3.4',
  '999.1.1.1', '1000.1.1.1', '1.2.3.a', 'localhost', '-1.2.3.4', ' 1.2.3.4', '::\u0131',
];

test('addresses, and strings that resemble them', () => {
  for (const text of TEXTS) assert.strictEqual(own(text), isIP(text), text);
});

test('other values are converted to strings', () => {
  for (const value of [undefined, null, 1, {}, ['::1'], { toString: () => '1.2.3.4' }])
    assert.strictEqual(own(value), isIP(value));
  assert.throws(() => own(Symbol('address')), TypeError);
});

test('random strings', () => {
  const parts = [':', ':', '::', '.', '1', '0', '25', '255', 'f', 'ffff', '1.2.3.4', '%',
                 'a:b', '1:2:3', 'g', '-'];
  const counts = { 0: 0, 4: 0, 6: 0 };
  let state = 1;
  const next = (limit) => {
    state = Math.imul(state, 1103515245) + 12345 >>> 0;
    return (state >>> 8) % limit;
  };
  for (let i = 0; i < 300000; i++) {
    let text = '';
    for (let left = 1 + next(12); left > 0; left--) text += parts[next(parts.length)];
    const expected = isIP(text);
    counts[expected]++;
    if (own(text) !== expected) assert.fail(`${text} is not ${own(text)}`);
  }
  assert.ok(counts[4] > 100 && counts[6] > 1000, JSON.stringify(counts));
});
