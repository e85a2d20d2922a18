/** `[data-insert]` holds buttons whose text goes where the person last wrote in the form; `[data-look]` is pressed at once. */

export function enhance(root) {
  for (const box of root.querySelectorAll('[data-insert]')) {
    if (box.dataset.ready) continue;
    box.dataset.ready = 'yes';
    const form = box.closest('form');
    let target = form.querySelector('textarea');
    form.addEventListener('focusin', (event) => {
      if (event.target.matches('textarea, #f-subject')) target = event.target;
    });
    const look = form.querySelector('[data-look]');
    if (look && target.value) form.requestSubmit(look);
    box.addEventListener('click', (event) => {
      const text = event.target.closest('[data-insert-text]')?.dataset.insertText;
      if (!text) return;
      target.setRangeText(text, target.selectionStart, target.selectionEnd, 'end');
      target.dispatchEvent(new Event('input', { bubbles: true }));
      target.focus();
    });
  }
}
