/** `[data-move]`: pressing a shape ticks where the process leaves or goes on, and the ticks are drawn on the diagram. */
export function enhance(root) {
  for (const form of root.querySelectorAll('[data-move]')) {
    if (form.dataset.ready) continue;
    form.dataset.ready = 'yes';
    const ticks = (name, id) => [...form.querySelectorAll(`input[name="${name}"]`)].find((box) => box.value === id);
    document.addEventListener('diagram:chosen', ({ detail }) => {
      const box = ticks('cancel', detail.id) ?? ticks('start_before', detail.id);
      if (!box) return;
      box.checked = !box.checked;
      box.dispatchEvent(new Event('change', { bubbles: true }));
    });
    const draw = () => document.dispatchEvent(new CustomEvent('diagram:mark', { detail: {
      'will-leave': values(form, 'cancel'), 'will-start': values(form, 'start_before'),
    } }));
    form.addEventListener('change', draw);
    document.addEventListener('diagram:drawn', draw);
  }
}

const values = (form, name) => [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value);
