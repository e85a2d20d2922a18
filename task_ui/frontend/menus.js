/** Menus are <details class="menu">: readable without scripts; here they close as people expect. */
export function startMenus() {
  document.addEventListener('click', (event) => {
    for (const menu of document.querySelectorAll('details.menu[open]')) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener('keydown', (event) => {
    const menu = event.target.closest?.('details.menu[open]');
    if (!menu) return;
    const items = [...menu.querySelectorAll('.pop a, .pop button, .pop input, .pop select')];
    const at = items.indexOf(document.activeElement);
    if (event.key === 'Escape') {
      menu.open = false;
      menu.querySelector('summary').focus();
      event.stopPropagation();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (event.target.matches('select, input[type="date"], input[type="datetime-local"]')) return;
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      items[(at + step + items.length) % items.length]?.focus();
    }
  });
  document.addEventListener('toggle', (event) => {
    if (!event.target.matches?.('details.menu') || !event.target.open) return;
    for (const other of document.querySelectorAll('details.menu[open]')) {
      if (other !== event.target && !other.contains(event.target)) other.open = false;
    }
    event.target.querySelector('[autofocus]')?.focus();
  }, true);
}
