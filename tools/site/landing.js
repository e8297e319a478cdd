'use strict';
// The first page: README.md, with its beginning as a banner, and its examples as tabs.
const fs = require('node:fs');
const path = require('node:path');
const { escape } = require('./highlight.js');
const { code, tabs } = require('./code.js');
const { text } = require('./markdown.js');
const { root, target } = require('./pages.js');

const languages = { C: 'c', Node: 'js', command: 'sh' };
const names = { c: 'C', js: 'Node', sh: 'The command' };

// What the banner leads to.
const ways = [['Quick start', 'quick-start.html'], ['Guides and recipes', 'docs.html'],
              ['API', 'api.html']];

// Where each goes on.
const further = {
  c: [['Quick start in C', 'quick-start.html#c'], ['Installing', 'guides/installing.html']],
  js: [['Quick start in Node', 'quick-start.html#node'], ['The package', 'node.html']],
  sh: [['Quick start', 'quick-start.html#the-command'], ['All verbs', 'guides/command.html']],
};

const link = ([name, to]) => `<a href="${to}">${name}</a>`;

const figure = (name) =>
  new RegExp(`<figure class="code" data-name="${name}">(?:(?!</figure>).)*</figure>\\s*`, 's');

// "make && build/dgram listen   # command: man man/dgram.1" is a line of each kind.
function commands(block) {
  const line = /^(.*?)\s+# (C|Node|command):\s+(.*)$/gm;
  return [...text(block).matchAll(line)].map(([, command, name, note]) =>
    ({ language: languages[name], command, note }));
}

// A note is the name of a file or a command.
function noted(note) {
  const name = `<code>${escape(note)}</code>`;
  return fs.existsSync(path.join(root, note)) ?
    `<a href="${target(note, 'README.md', 'index.html')}">${name}</a>` : name;
}

// The commands become tabs, each with the example in its language.
function examples(section) {
  const [block = ''] = figure('Shell').exec(section) ?? [];
  const lines = commands(block);
  if (lines.length < 2) return section;
  const example = { c: figure('C').exec(section)?.[0] ?? '',
                    js: figure('JavaScript').exec(section)?.[0] ?? '' };
  const panels = lines.map(({ language, command, note }) => [language, names[language],
    `${code('sh', escape(command))}<p class="note">${
      [noted(note), ...further[language].map(link)].join('\n')}</p>${example[language] ?? ''}`]);
  return section.replace(figure('C'), '').replace(figure('JavaScript'), '')
    .replace(block, () => tabs('start', 'What you use', panels));
}

// html: the page of README.md, its blocks of code not paired
function landing(html) {
  const [top, first = '', ...rest] = html.split(/(?=<h2)/);
  return `<div class="banner"><div class="claim">${top}<p class="ways">${
    ways.map(link).join('\n')}</p></div>
<div class="try">${examples(first)}</div></div>
${rest.join('')}`;
}

module.exports = { landing };
