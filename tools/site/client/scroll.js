'use strict';
// The keyboard reaches a block of code or a table only where it has something to scroll,
// and the contents mark the section that is read.
(() => {
  const boxes = document.querySelectorAll('pre, .table');

  function fit() {
    const scrolls = [...boxes].map((box) => box.scrollWidth > box.clientWidth);
    boxes.forEach((box, i) => {
      if (scrolls[i]) box.tabIndex = 0;
      else box.removeAttribute('tabindex');
    });
  }

  let asked = 0;
  function later() {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(fit);
  }
  window.addEventListener('resize', later);
  document.addEventListener('resized', later);
  fit();

  const wide = window.matchMedia('(min-width: 60rem)');
  const veryWide = window.matchMedia('(min-width: 82rem)');
  const landing = document.body.classList.contains('landing');
  const menu = document.querySelector('.menu details');
  const contents = document.querySelector('.contents details');
  function open() {
    menu.open = wide.matches || landing;
    if (contents) contents.open = veryWide.matches;
  }
  wide.addEventListener('change', open);
  veryWide.addEventListener('change', open);
  open();

  // The menu shows the page that is read.
  const here = document.querySelector('.menu [aria-current]');
  const nav = document.querySelector('.menu');
  if (here && wide.matches && !landing)
    nav.scrollTop = here.offsetTop - nav.clientHeight / 3;
})();
