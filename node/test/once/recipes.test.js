'use strict';
// The JavaScript of docs/recipes. A named block ("```js client.js") is a program, which a
// file in node/test/recipes tests; see the README.md there. A block without a name is a
// part of an example that has a test of its own.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');
const Run = require('../lib/recipe');

const root = path.join(__dirname, '..', '..', '..');
const pages = path.join(root, 'docs', 'recipes');
const tests = path.join(__dirname, '..', 'recipes');
const partsOf = {
  'handover.md': 'threads.mjs',
  'relay.md': 'relay.mjs',
  'statsd-client.md': 'statsd_client.mjs',
};

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-recipes-'));
fs.mkdirSync(path.join(folder, 'node_modules'));
fs.symlinkSync(path.join(root, 'node'), path.join(folder, 'node_modules', 'libdgram'));
after(() => fs.rmSync(folder, { recursive: true }));

function blocksOf(page) {
  const text = fs.readFileSync(path.join(pages, page), 'utf8');
  return [...text.matchAll(/^```js *(.*)\n([^]*?)^```$/gm)]
    .map(([, name, block]) => ({ name, block }));
}

// The lines without their indentation, and without comments and blank lines.
function linesOf(text) {
  return text.split('\n').map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('//')).join('\n');
}

function extract(page, name) {
  const to = fs.mkdtempSync(path.join(folder, 'page-'));
  execFileSync('sh', [path.join(root, 'tools', 'doc-examples'),
                      path.join(pages, page), to]);
  return path.join(to, name);
}

// Without one of these a program has no test.
function entriesOf(page) {
  const file = path.join(tests, page.replace(/-/g, '_').replace(/md$/, 'js'));
  return fs.existsSync(file) ? require(file) : {};
}

const skip = process.platform === 'linux' ? false : 'the calls are for Linux';

for (const page of fs.readdirSync(pages).filter((name) => name.endsWith('.md'))) {
  const blocks = blocksOf(page);
  const programs = blocks.filter(({ name }) => name !== '').map(({ name }) => name);
  const entries = entriesOf(page);
  for (const name of programs) {
    test(`${page}: ${name}`, { skip, timeout: 120000 }, async (t) => {
      assert.ok(entries[name], `no file of node/test/recipes tests ${name}`);
      const file = extract(page, name);
      assert.match(fs.readFileSync(file, 'utf8'), /require\('libdgram'\)/);
      const run = new Run(file, t);
      try {
        await entries[name](run);
      } finally {
        await run.end();
      }
    });
  }
  for (const { block } of blocks.filter(({ name }) => name === '')) {
    test(`${page}: a part of ${partsOf[page]}`, () => {
      assert.ok(partsOf[page], 'a program needs a name, a part an entry in partsOf');
      const example = path.join(root, 'node', 'examples', partsOf[page]);
      assert.ok(linesOf(fs.readFileSync(example, 'utf8')).includes(linesOf(block)), block);
    });
  }
}

test('each tested program exists', () => {
  for (const name of fs.readdirSync(tests).filter((file) => file.endsWith('.js'))) {
    const page = name.replace(/_/g, '-').replace(/js$/, 'md');
    const programs = blocksOf(page).map((block) => block.name);
    for (const program of Object.keys(require(path.join(tests, name))))
      assert.ok(programs.includes(program), `${page}: ${program}`);
  }
});
