'use strict';
// Tabs of examples in several languages. The choice holds for all examples of the site.
// Without JavaScript, and in print, all are shown under their names.
(() => {
  const page = document.documentElement;
  const lists = [...document.querySelectorAll('[role=tablist]')];
  const tabsOf = (list) => [...list.querySelectorAll('[role=tab]')];

  // A list that lacks the language shows its first.
  function show(language) {
    for (const list of lists) {
      const tabs = tabsOf(list);
      const chosen = tabs.find((tab) => tab.dataset.language === language) ?? tabs[0];
      for (const tab of tabs) {
        tab.setAttribute('aria-selected', tab === chosen);
        tab.tabIndex = tab === chosen ? 0 : -1;
        document.getElementById(tab.getAttribute('aria-controls'))
          .classList.toggle('unchosen', tab !== chosen);
      }
    }
    document.dispatchEvent(new Event('resized'));
  }

  // Examples above change their height; the list stays where it was.
  function choose(tab) {
    const { top } = tab.getBoundingClientRect();
    page.dataset.language = tab.dataset.language;
    try { localStorage.language = tab.dataset.language; } catch { /* not remembered */ }
    show(tab.dataset.language);
    window.scrollBy({ top: tab.getBoundingClientRect().top - top, behavior: 'instant' });
  }

  function onKey(event, tabs) {
    const at = tabs.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = tabs.at(to % tabs.length);
    choose(tab);
    tab.focus();
  }

  for (const list of lists) {
    list.addEventListener('keydown', (event) => onKey(event, tabsOf(list)));
    for (const tab of tabsOf(list)) tab.addEventListener('click', () => choose(tab));
  }
  show(page.dataset.language ?? 'c');
})();
