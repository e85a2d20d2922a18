/** Trying the table that is open on sample input: what it gives, and by which rules. */

import { node } from '../modeler/fields.js';
import { send } from '../modeler/saving.js';

export function startTrying(box, xml, say, mark) {
  const samples = new Map();
  const form = node('form', { class: 'try-fields' });
  const told = node('div', { role: 'status', class: 'try-told' });
  let known = [];
  let key = null;

  box.replaceChildren(node('h2', {}, say('try_it')), form, told);
  form.addEventListener('submit', (event) => { event.preventDefault(); decide(); });

  function show() {
    const decision = known.find((one) => one.key === key);
    if (!decision) {
      form.replaceChildren(node('p', { class: 'sub' }, say('choose_table')));
      told.replaceChildren();
      return;
    }
    const shown = [...form.querySelectorAll('input')].map(({ name }) => name).join('\n');
    if (form.querySelector('button') && shown === decision.reads.map(({ name }) => name).join('\n') && form.dataset.key === key) return;
    form.dataset.key = key;
    form.replaceChildren(
      ...decision.reads.map(({ name, label, kind }) => {
        const input = node('input', { type: 'text', name, autocomplete: 'off', placeholder: kind ?? '' });
        input.value = samples.get(name) ?? '';
        input.addEventListener('input', () => samples.set(name, input.value));
        return node('label', { class: 'field' }, node('span', {}, label || name, label && label !== name ? node('code', { class: 'sub' }, name) : null), input);
      }),
      node('button', { class: 'btn primary', 'data-decide': true }, say('decide')),
    );
    told.replaceChildren();
  }

  async function decide() {
    const given = Object.fromEntries([...form.querySelectorAll('input')].map(({ name, value }) => [name, value]));
    const answer = await send('/decisions/drafts/try', { xml: await xml(), key, given });
    if (!answer.ok || answer.problem) {
      mark([]);
      told.replaceChildren(node('p', { class: 'field-error' }, answer.problem ?? answer.message));
      return;
    }
    const { rules } = answer.evaluations.at(-1);
    mark(rules.map((rule) => rule.rule_id).filter(Boolean));
    told.replaceChildren(
      node('p', {}, say('result_is'), ' ', node('strong', { class: 'mono', 'data-outcome': true }, plain(answer.result))),
      node('p', { class: 'sub' }, rules.length ? say('by_rules', { rules: rules.map(({ rule }) => rule).join(', ') }) : say('no_rule')),
      ...answer.evaluations.slice(0, -1).map(({ name, result }) => node('p', { class: 'sub' }, `${name}: ${plain(result)}`)),
    );
  }

  return {
    tell(decisions) { known = decisions; show(); },
    chosen(decision) { key = decision ?? null; show(); },
  };
}

const plain = (value) => (value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value ?? '–'));
