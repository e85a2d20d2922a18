/** `[data-rows]` holds rows to fill and a <template>; buttons add and take away rows. */

export function enhance(root) {
  for (const box of root.querySelectorAll('[data-rows]')) {
    if (box.dataset.ready) continue;
    box.dataset.ready = 'yes';
    const template = box.querySelector('template');
    const body = box.querySelector('[data-rows-body]');
    let number = body.children.length;
    box.querySelector('[data-rows-add]').addEventListener('click', async () => {
      const holder = document.createElement('div');
      holder.innerHTML = template.innerHTML.replaceAll('__N__', String(number++));
      const row = holder.firstElementChild;
      body.append(row);
      (await import('./pickers.js')).enhance(row);
      row.querySelector('input, select, textarea')?.focus();
      row.dispatchEvent(new Event('input', { bubbles: true }));
    });
    box.addEventListener('click', (event) => {
      const remove = event.target.closest('[data-rows-remove]');
      if (!remove) return;
      remove.closest('[data-row]').remove();
      box.dispatchEvent(new Event('input', { bubbles: true }));
      box.querySelector('[data-rows-add]').focus();
    });
  }
}

