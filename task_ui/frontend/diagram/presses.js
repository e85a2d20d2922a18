/** Presses on rows that stand for elements (`data-element`). The last one waits here for a diagram not yet drawn. */
let last = null;

export function pressedRow(event) {
  const row = event.target.closest('[data-element]');
  return row && !event.target.closest('a, input, label, summary, form, button:not([data-show])') ? row : null;
}

export function lastPressed(scope) {
  return last && scope.contains(last) ? last : null;
}

document.addEventListener('click', (event) => { last = pressedRow(event) ?? last; });
