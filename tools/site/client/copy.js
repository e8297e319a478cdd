'use strict';
// A button on each block of code that copies it. Of a session with prompts it copies the
// commands.
(() => {
  const shownMs = 2000;
  const icon = '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">' +
    '<path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"/></svg>';
  const status = document.createElement('p');
  status.className = 'hidden';
  status.setAttribute('role', 'status');
  document.querySelector('main').append(status);

  function textOf(block) {
    const text = block.querySelector('code').textContent;
    const commands = text.match(/^\$ .*(?:\\\n.*)*/gm);
    return commands ? commands.map((line) => `${line.slice(2)}\n`).join('') : text;
  }

  // Pages of file: may be refused the clipboard.
  async function write(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement('textarea');
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand('copy');
      area.remove();
      if (!done) throw new Error('not copied');
    }
  }

  async function copy(block, button) {
    const word = await write(textOf(block)).then(() => 'Copied', () => 'Not copied');
    button.dataset.word = word;
    status.textContent = word;
    button.focus();
    setTimeout(() => {
      button.dataset.word = 'Copy';
      status.textContent = '';
    }, shownMs);
  }

  for (const block of document.querySelectorAll('.code')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.setAttribute('aria-label', `Copy ${block.dataset.name ?? 'text'}`);
    button.dataset.word = 'Copy';
    button.innerHTML = icon;
    button.addEventListener('click', () => copy(block, button));
    block.append(button);
  }
})();
