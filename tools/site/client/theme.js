'use strict';
// The button for the colour scheme: that of the system, light, dark.
(() => {
  const names = { auto: 'Auto', light: 'Light', dark: 'Dark' };
  const order = Object.keys(names);
  const page = document.documentElement;
  const button = document.getElementById('theme');

  function show() {
    const now = names[page.dataset.theme] ?? names.auto;
    button.querySelector('span').textContent = now;
    button.setAttribute('aria-label', `${now}: colour scheme`);
    button.title = 'Colour scheme: that of the system, light or dark';
  }

  button.addEventListener('click', () => {
    const at = Math.max(0, order.indexOf(page.dataset.theme));
    page.dataset.theme = order[(at + 1) % order.length];
    try { localStorage.theme = page.dataset.theme; } catch { /* not remembered */ }
    show();
  });
  show();
})();
