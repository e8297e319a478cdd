'use strict';
// Finds sentences that stand on two pages of the documentation: twelve equal words in a
// row, outside of code. README.md, which introduces all pages, may repeat them.
//
// usage: node tools/check-repeats.js [ROOT]
const fs = require('node:fs');
const path = require('node:path');

const root = path.resolve(process.argv[2] ?? path.join(__dirname, '..'));
const least = 12;

const files = fs.readdirSync(path.join(root, 'docs'), { recursive: true })
  .filter((name) => name.endsWith('.md')).map((name) => path.join('docs', name)).sort();
files.push('CONTRIBUTING.md', 'SECURITY.md', path.join('node', 'README.md'));

// The words of each paragraph, list item, cell and heading.
function partsOf(text) {
  return text.replace(/^```[^]*?^```$/gm, '\n\n') // code
    .replace(/\]\([^)]*\)/g, ']') // where a link leads
    .split(/\n\s*\n|^#+ |^ *- |\|/m)
    .map((part) => part.toLowerCase().match(/[\p{L}\p{N}_']+/gu) ?? []);
}

const first = new Map(); // words -> the file that has them
const faults = new Map(); // two files -> the first words
for (const file of files) {
  for (const words of partsOf(fs.readFileSync(path.join(root, file), 'utf8'))) {
    for (let i = 0; i + least <= words.length; i++) {
      const run = words.slice(i, i + least).join(' ');
      const other = first.get(run) ?? file;
      first.set(run, other);
      const both = `${other}, ${file}`;
      if (other !== file && !faults.has(both)) faults.set(both, run);
    }
  }
}
for (const [both, run] of faults) console.log(`${both}: both say '${run} ...'`);
process.exitCode = faults.size > 0 ? 1 : 0;
