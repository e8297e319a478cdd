'use strict';
// node plot.js RESULTS.json PLOT.svg: draws the ratio of the package's rate to that of
// node:dgram for each version of Node. A bar goes from the least to the greatest round.
const fs = require('node:fs');

const SERIES = [ // work, side, color, title
  ['one-way 64', 'many', '#07c', '64 B, sendMany() and \'messages\''],
  ['one-way 64', 'ours', '#0a7', '64 B, \'message\''],
  ['one-way 1200', 'pooled', '#a3c', '1200 B, pooled'],
  ['one-way 1200', 'ours', '#c50', '1200 B, \'message\''],
];
const TICKS = [1, 2, 5, 10, 20, 50, 100];
const [json, svg] = process.argv.slice(2);
const { ratios } = JSON.parse(fs.readFileSync(json, 'utf8'));

const ratioOf = (work, side) => ratios.find((ratio) => ratio.work === work &&
  ratio.of === side && ratio.to === 'node' && ratio.figure === 'kpps');
const versions = [...new Set(ratios.map(({ work }) => /^one-way 64, (Node .*)$/.exec(work)?.[1]))]
  .filter(Boolean);
const y = (ratio) => 320 - Math.log10(Math.max(ratio, 1)) / 2.2 * 280;
const x = (version, series) => 70 + (version + 0.5) / versions.length * 400 + (series - 1.5) * 12;

function point(version, series) {
  const [work, side, color] = SERIES[series];
  const ratio = ratioOf(`${work}, ${versions[version]}`, side);
  if (ratio === undefined) return '';
  const at = x(version, series).toFixed(1);
  return `<path d="M${at} ${y(ratio.least).toFixed(1)}V${y(ratio.greatest).toFixed(1)}" ` +
    `stroke="${color}" stroke-width="5" stroke-opacity="0.35"/>` +
    `<circle cx="${at}" cy="${y(ratio.median).toFixed(1)}" r="4" fill="${color}"/>\n`;
}

function text(left, top, anchor, content, color = '#333') {
  return `<text x="${left}" y="${top}" text-anchor="${anchor}" fill="${color}">` +
    `${content}</text>\n`;
}

const title = 'times the datagrams of node:dgram, one way: median, least and greatest round';
fs.writeFileSync(svg,
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 360" ' +
  'font-family="sans-serif" font-size="13" role="img">\n' +
  `<title>${title}</title>\n<rect width="740" height="360" fill="#fff"/>\n` +
  TICKS.map((tick) => `<path d="M70 ${y(tick).toFixed(1)}H470" stroke="#ddd"/>` +
    text(62, (y(tick) + 4).toFixed(1), 'end', tick)).join('') +
  versions.map((version, i) =>
    text((x(i, 1.5)).toFixed(1), 342, 'middle', version)).join('') +
  versions.map((_, i) => SERIES.map((__, series) => point(i, series)).join('')).join('') +
  SERIES.map(([, , color, name], i) => text(486, 60 + i * 22, 'start', name, color)).join('') +
  text(70, 22, 'start', title) + '</svg>\n');
