'use strict';
// Sets what was chosen on another page, before this one is painted: the colour scheme
// and the language of the examples. Storage may be forbidden.
(() => {
  const page = document.documentElement;
  page.classList.add('js');
  try {
    const { theme, language } = localStorage;
    if (theme) page.dataset.theme = theme;
    if (language) page.dataset.language = language;
  } catch {}
})();
