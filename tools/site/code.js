'use strict';
// Blocks of code, alone or as tabs of several languages.
const { highlight, unescape } = require('./highlight.js');

const names = { c: 'C', cpp: 'C++', js: 'JavaScript', ts: 'TypeScript', sh: 'Shell' };

function code(language, escaped) {
  const name = names[language];
  return `<figure class="code"${name ? ` data-name="${name}"` : ''}><pre tabindex="0"><code>${
    highlight(language, unescape(escaped))}</code></pre></figure>`;
}

// panels: [language, name, HTML]. `id` is unique in the page.
function tabs(id, label, panels) {
  const tab = ([language, name]) => `<button type="button" role="tab" id="${id}-${language}" ` +
    `data-language="${language}" aria-controls="${id}-${language}-panel" aria-selected="${
      language === panels[0][0]}">${name}</button>`;
  const panel = ([language, name, html]) => `<div class="panel" role="tabpanel" ` +
    `id="${id}-${language}-panel" data-language="${language}" ` +
    `aria-labelledby="${id}-${language}"><p class="language">${name}</p>${html}</div>`;
  return `<div class="tabs"><div role="tablist" class="scripted" aria-label="${label}">${
    panels.map(tab).join('')}</div>${panels.map(panel).join('\n')}</div>`;
}

// A block of C followed by one of JavaScript.
const pair = new RegExp(['C', 'JavaScript'].map((name) =>
  `(<figure class="code" data-name="${name}">(?:(?!</figure>).)*</figure>)`).join('\\s*'), 'gs');

function pairs(html) {
  let count = 0;
  return html.replace(pair, (all, c, js) =>
    tabs(`code-${++count}`, 'Language of the example', [['c', 'C', c], ['js', 'JavaScript', js]]));
}

module.exports = { code, tabs, pairs };
