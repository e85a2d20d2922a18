import { parse, post } from './http.js';

/** `[data-move]`: pressing a shape ticks where the process leaves or goes on; the ticks are drawn on the diagram, and
 * what would come of them is shown beside. */
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
    form.addEventListener('change', (event) => { draw(); if (event.target.name !== 'reason') look(form); });
    document.addEventListener('diagram:drawn', draw);
  }
}

const values = (form, name) => [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value);

/** Shows what the choice would end and begin; of several answers on their way only the last counts. */
let asked = 0;
async function look(form) {
  const values = new FormData(form);
  values.set('look', '1');
  const number = ++asked;
  const answer = await post(form.action, values);
  const shown = parse(await answer.text());
  const wrong = shown.querySelector('[role="alert"] ul');
  const said = wrong ? [wrong] : shown.querySelector('#outcome')?.childNodes;
  if (said && number === asked) form.querySelector('#outcome').replaceChildren(...said);
}
