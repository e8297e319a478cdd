'use strict';
// Finds the sections of the site that have all words of the query: titles of pages and
// names of functions first, then headings, then text. The index is loaded when it is
// first needed; it is a script, because a page of file: may load no other file.
(() => {
  const input = document.getElementById('search');
  const found = document.getElementById('found');
  const { up } = document.body.dataset;
  const shownMax = 12;
  const headingMax = 90; // characters; a list of names is longer
  let sections; // undefined until the index is here
  let chosen = -1;

  // "dgram_send, dgram_sendv - send datagrams" and "socket.send(msg)" name functions.
  const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

  // name: what the menu calls the page
  function prepare([url, title, heading, text, name = '']) {
    return {
      url, title, heading: heading || title, text, whole: !url.includes('#'),
      head: wordsOf(heading || title), titles: wordsOf(title), name: wordsOf(name),
      all: `${title} ${heading} ${name} ${text}`.toLowerCase(),
    };
  }

  function load(then) {
    if (sections) return then();
    const script = document.createElement('script');
    script.src = `${up}search-index.js`;
    script.onload = () => {
      sections ??= window.searchIndex.map(prepare);
      then();
    };
    document.head.append(script);
  }

  // Points of a word in a list of words.
  function match(list, word, exact, start, inside) {
    if (list.includes(word)) return exact + (list[0] === word ? exact / 4 : 0);
    if (list.some((one) => one.startsWith(word))) return start;
    return list.some((one) => one.includes(word)) ? inside : 0;
  }

  function score(section, words) {
    let points = section.whole ? 3 : 0;
    if (section.url.startsWith('source/')) points -= 5;
    for (const word of words) {
      if (!section.all.includes(word)) return 0;
      points += 10 + Math.min(5, section.all.split(word).length) +
        match(section.head, word, 40, 20, 10) +
        match(section.titles, word, section.whole ? 60 : 12, section.whole ? 20 : 4, 0) +
        match(section.name, word, 60, 20, 0);
    }
    // A short heading is about little else.
    const called = (list) => list.join() === words.join();
    if (section.whole && (called(section.titles) || called(section.name))) points += 60;
    return points + 10 / section.head.length;
  }

  // About 110 characters around a word, from the beginning of a word to the end of one.
  function excerpt({ text }, word) {
    const near = text.toLowerCase().indexOf(word) - 30;
    const at = near > 0 ? text.indexOf(' ', near) + 1 : 0;
    const end = text.length > at + 110 ? text.lastIndexOf(' ', at + 110) : text.length;
    return `${at > 0 ? '... ' : ''}${text.slice(at, end)}${end < text.length ? ' ...' : ''}`;
  }

  function option(section, words, number) {
    const a = document.createElement('a');
    a.id = `found-${number}`;
    a.setAttribute('role', 'option');
    a.setAttribute('aria-selected', 'false');
    a.tabIndex = -1;
    a.href = up + section.url;
    const b = document.createElement('b');
    const small = document.createElement('small');
    const span = document.createElement('span');
    // The sections of manual pages have the same names.
    const { title, heading } = section;
    const general = heading.length > headingMax || heading === heading.toUpperCase();
    b.textContent = general ? title : heading;
    small.textContent = heading === title || heading.length > headingMax ? '' :
      general ? heading : title;
    span.textContent = excerpt(section, words[0]);
    a.append(b, ' ', small, span);
    return a;
  }

  function select(number) {
    const options = [...found.querySelectorAll('[role=option]:not(.none)')];
    chosen = options.length === 0 || number < 0 ? -1 : number % options.length;
    options.forEach((one, i) => one.setAttribute('aria-selected', i === chosen));
    if (chosen < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', options[chosen].id);
    options[chosen]?.scrollIntoView({ block: 'nearest' });
  }

  function show(open) {
    found.hidden = !open;
    input.setAttribute('aria-expanded', open);
    if (!open) select(-1);
  }

  function nothing() {
    const none = document.createElement('div');
    none.className = 'none';
    none.setAttribute('role', 'option');
    none.setAttribute('aria-disabled', 'true');
    none.textContent = 'Nothing found';
    return none;
  }

  function search() {
    const words = input.value.toLowerCase().split(/[\s()]+/).filter(Boolean);
    if (words.length === 0) return show(false);
    const hits = sections.map((section) => [score(section, words), section])
      .filter(([points]) => points > 0)
      .sort(([a], [b]) => b - a)
      .slice(0, shownMax);
    found.replaceChildren(...hits.map(([, section], i) => option(section, words, i)));
    if (hits.length === 0) found.append(nothing());
    found.scrollTop = 0;
    show(true);
    select(-1);
  }

  function onKey(event) {
    const count = found.querySelectorAll('[role=option]:not(.none)').length;
    if (event.key === 'Escape') {
      if (found.hidden) input.blur();
      else show(false);
    } else if (event.key === 'Enter') {
      if (!found.hidden) found.querySelectorAll('a')[Math.max(0, chosen)]?.click();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (found.hidden) search();
      else if (event.key === 'ArrowDown') select(chosen + 1);
      else select(chosen <= 0 ? count - 1 : chosen - 1);
    } else {
      return;
    }
    event.preventDefault();
  }

  input.addEventListener('focus', () => load(search));
  input.addEventListener('input', () => load(search));
  input.addEventListener('keydown', onKey);
  input.addEventListener('blur', (event) => {
    if (!found.contains(event.relatedTarget)) show(false);
  });
  found.addEventListener('click', () => show(false));
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input, textarea, select');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
})();
