'use strict';
// The first page: README.md, with its beginning as a banner, and its examples as tabs.
const { tabs } = require('./code.js');
const { pages } = require('./pages.js');

const languages = { C: 'c', Node: 'js', JavaScript: 'js', Command: 'sh', 'The command': 'sh' };

// What the banner leads to.
const ways = [['Quick start', 'quick-start.html'], ['Guides and recipes', 'docs.html'],
              ['API', 'api.html']];

// Examples that begin with "**C**", "**Node**", "**The command**" become tabs.
function examples(html) {
  const start = /<p><strong>([^<]*?)[.:]?<\/strong>[.:]?\s*/g;
  const found = [...html.matchAll(start)].filter(([, name]) => languages[name]);
  if (found.length < 2) return html;
  const panels = found.map((match, i) => {
    const from = match.index + match[0].length;
    const to = found[i + 1]?.index ?? html.length;
    return [languages[match[1]], match[1], `<p>${html.slice(from, to)}`.replace(/<p>\s*<\/p>/, '')];
  });
  return html.slice(0, found[0].index) + tabs('start', 'What you write in', panels);
}

// html: the page of README.md
function landing(html) {
  const end = html.search(/<h2/);
  const top = end < 0 ? html : html.slice(0, end);
  const parts = /^\s*(<h1.*?<\/h1>)\s*((?:<p>(?!<strong>).*?<\/p>\s*)*)(.*)$/s;
  const [, title, lead, rest] = parts.exec(top);
  const links = ways.filter(([, page]) => pages.some((known) => known.page === page))
    .map(([name, page]) => `<a href="${page}">${name}</a>`).join('\n');
  return `<div class="banner"><div class="claim">${title}${lead}<p class="ways">${links}</p></div>
<div class="try">${examples(rest)}</div></div>
${end < 0 ? '' : html.slice(end)}`;
}

module.exports = { landing };
