'use strict';
// node plot.js RESULTS.json PLOT.svg: draws the ratio of the package's rate to that of
// node:dgram for each version of Node. A bar goes from the least to the greatest round.
const fs = require('node:fs');
const path = require('node:path');

const SERIES = [ // work, side, letter in the style, title
  ['one-way 64', 'many', 'd', '64 B, sendMany() and \'messages\''],
  ['one-way 64', 'ours', 'b', '64 B, \'message\''],
  ['one-way 1200', 'pooled', 'e', '1200 B, pooled'],
  ['one-way 1200', 'ours', 'c', '1200 B, \'message\''],
];
const TICKS = [1, 2, 5, 10, 20, 50, 100];
const [json, svg] = process.argv.slice(2);
const { ratios } = JSON.parse(fs.readFileSync(json, 'utf8'));

const ratioOf = (work, side) => ratios.find((ratio) => ratio.work === work &&
  ratio.of === side && ratio.to === 'node' && ratio.figure === 'kpps');
const versions = [...new Set(ratios.map(({ work }) => /^one-way 64, (Node .*)$/.exec(work)?.[1]))]
  .filter(Boolean);
const bottom = 400;
const y = (ratio) => bottom - Math.log10(Math.max(ratio, 1)) / 2.2 * 280;
const x = (version, series) =>
  60 + (version + 0.5) / versions.length * 560 + (series - 1.5) * 16;

function point(version, series) {
  const [work, side, letter] = SERIES[series];
  const ratio = ratioOf(`${work}, ${versions[version]}`, side);
  if (ratio === undefined) return '';
  const at = x(version, series).toFixed(1);
  return `<line class="${letter}" x1="${at}" y1="${y(ratio.least).toFixed(1)}" ` +
    `x2="${at}" y2="${y(ratio.greatest).toFixed(1)}"/>` +
    `<circle class="${letter}" cx="${at}" cy="${y(ratio.median).toFixed(1)}" r="4"/>\n`;
}

function text(left, top, anchor, content, letter = '') {
  return `<text${letter && ` class="${letter}"`} x="${left}" y="${top}"${
    anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${content}</text>\n`;
}

const title = 'times the datagrams of node:dgram, one way: median, least and greatest round';
const style = fs.readFileSync(path.join(__dirname, '../../bench/plot.css'), 'utf8');
fs.writeFileSync(svg,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 ${bottom + 34}" ` +
  'font-family="sans-serif" font-size="13" role="img">\n' +
  `<title>${title}</title>\n<style>\n${style}</style>\n` +
  `<rect class="back" width="640" height="${bottom + 34}"/>\n` +
  TICKS.map((tick) => `<path class="grid" d="M60 ${y(tick).toFixed(1)}H620"/>\n` +
    text(52, (y(tick) + 5).toFixed(1), 'end', tick)).join('') +
  versions.map((version, i) =>
    text(x(i, 1.5).toFixed(1), bottom + 24, 'middle', version)).join('') +
  versions.map((_, i) => SERIES.map((__, series) => point(i, series)).join('')).join('') +
  SERIES.map(([, , letter, name], i) =>
    `<circle class="${letter}" cx="66" cy="${47 + i * 22}" r="4"/>` +
    text(80, 52 + i * 22, 'start', name, letter)).join('') +
  text(10, 26, 'start', 'times the rate of node:dgram: median, and range of rounds') +
  '</svg>\n');
