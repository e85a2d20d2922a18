import Sortable from 'sortablejs';
import { remoteDialog } from './dialogs.js';
import { getJson } from './http.js';

/**
 * Dragging a deal is a request: the tile goes back where it was, and a dialog of the server says what the move would
 * do or why it cannot be. While dragging, columns that would take the deal light up.
 */
export function enhance(root) {
  for (const board of root.querySelectorAll('[data-kanban]')) {
    if (board.dataset.ready) continue;
    board.dataset.ready = 'yes';
    for (const column of board.querySelectorAll('[data-column]')) start(board, column);
  }
}

function start(board, column) {
  let home = null;
  new Sortable(column, {
    group: 'deals',
    sort: false,
    animation: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 120,
    draggable: '[data-deal]',
    delay: 150,
    delayOnTouchOnly: true,
    ghostClass: 'ghost',
    onStart: (event) => {
      home = { parent: event.item.parentElement, next: event.item.nextElementSibling };
      board.classList.add('dragging');
      light(board, event.item.dataset.deal);
    },
    onEnd: (event) => {
      board.classList.remove('dragging');
      event.item.removeAttribute('style');
      for (const other of board.querySelectorAll('[data-stage]')) other.classList.remove('allowed', 'refused');
      const stage = event.to.dataset.column;
      if (event.to === event.from) return;
      home.parent.insertBefore(event.item, home.next);
      const { deal } = event.item.dataset;
      import('./app-enhance.js').then(({ enhanceAll }) =>
        remoteDialog(`/deals/${deal}/stage?stage=${encodeURIComponent(stage)}&back=/pipeline`, enhanceAll));
    },
  });
}

async function light(board, deal) {
  try {
    const { stages } = await getJson(`/deals/${deal}/stages`);
    for (const { code, allowed, reason } of stages) {
      const column = board.querySelector(`[data-stage="${CSS.escape(code)}"]`);
      column?.classList.add(allowed ? 'allowed' : 'refused');
      const why = column?.querySelector('[data-why]');
      if (why) why.textContent = allowed ? '' : reason ?? '';
    }
  } catch { /* the dialog says the same after the drop */ }
}
