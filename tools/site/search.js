'use strict';
// Finds the sections of the site that have all words of the query. Sections with the
// words in their heading come first.
(() => {
  const input = document.getElementById('search');
  const found = document.getElementById('found');
  const { up } = document.body.dataset;
  const shownMax = 12;
  const headingMax = 90; // characters; a list of names is longer

  const sections = window.searchIndex.map(([url, title, heading, text]) => ({
    url, title, heading: heading || title, text,
    head: `${heading} ${heading ? '' : title}`.toLowerCase(),
    all: `${title} ${heading} ${text}`.toLowerCase(),
  }));

  function score(section, words) {
    let points = 0;
    for (const word of words) {
      if (!section.all.includes(word)) return 0;
      points += section.head.includes(word) ? 10 : 1;
      if (section.head.trim().startsWith(word)) points += 5;
    }
    return points;
  }

  function excerpt(section, word) {
    const at = Math.max(0, section.text.toLowerCase().indexOf(word) - 30);
    return (at > 0 ? '... ' : '') + section.text.slice(at, at + 110);
  }

  function item(section, words) {
    const li = document.createElement('li');
    const a = document.createElement('a');
    const b = document.createElement('b');
    const small = document.createElement('small');
    a.href = up + section.url;
    const long = section.heading.length > headingMax;
    b.textContent = long ? section.title : section.heading;
    small.textContent = b.textContent === section.title ? '' : section.title;
    const p = document.createElement('p');
    p.textContent = excerpt(section, words[0]);
    a.append(b, ' ', small, p);
    li.append(a);
    return li;
  }

  function search() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found.replaceChildren();
    found.hidden = words.length === 0;
    if (found.hidden) return;
    const hits = sections.map((section) => [score(section, words), section])
      .filter(([points]) => points > 0)
      .sort(([a], [b]) => b - a)
      .slice(0, shownMax);
    if (hits.length === 0) {
      const li = document.createElement('li');
      li.className = 'none';
      li.textContent = 'Nothing found';
      found.append(li);
    }
    found.append(...hits.map(([, section]) => item(section, words)));
  }

  input.addEventListener('input', search);
  input.addEventListener('focus', search);
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && document.activeElement !== input) {
      event.preventDefault();
      input.focus();
    } else if (event.key === 'Escape') {
      found.hidden = true;
      input.blur();
    } else if (event.key === 'Enter' && document.activeElement === input) {
      found.querySelector('a')?.click();
    }
  });
  document.addEventListener('click', (event) => {
    if (!event.target.closest('.search') || event.target.closest('#found a'))
      found.hidden = true;
  });

  // The menu is open if the window is wide enough.
  const details = document.querySelector('.menu details');
  const wide = window.matchMedia('(min-width: 60rem)');
  const fit = () => { details.open = wide.matches; };
  wide.addEventListener('change', fit);
  fit();
})();
