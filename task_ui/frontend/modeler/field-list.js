/** The fields of the process: who sets each and who reads it; those that are never read or never set stand first. */

import { node } from './fields.js';

export function startFieldList(modeler, box, find, say, types) {
  const list = box.querySelector('[data-fields]');
  const count = box.querySelector('[data-field-count]');

  function show(fields) {
    const wanting = fields.filter(({ state }) => state === 'unused' || state === 'missing').length;
    count.textContent = fields.length || '';
    count.dataset.wanting = String(wanting);
    list.replaceChildren(...(fields.length ? [head(), node('tbody', {}, ...fields.map(row))] : [node('caption', { class: 'sub' }, say('no_process_fields'))]));
  }

  const head = () => node('thead', {}, node('tr', {}, ...['field', 'set_by', 'read_by'].map((name) => node('th', { scope: 'col' }, say(name)))));

  function row(field) {
    return node(
      'tr', { class: field.state, 'data-field': field.name },
      node('th', { scope: 'row' }, node('code', {}, field.name), field.label && field.label !== field.name ? node('span', { class: 'sub' }, field.label, field.type ? ` · ${types[field.type] ?? field.type}` : '') : null),
      node('td', {}, ...places(field.set_by, 'sets'), field.state === 'missing' || field.state === 'outside' ? node('span', { class: field.state === 'missing' ? 'tag bad' : 'quiet' }, say(field.state)) : null),
      node('td', {}, ...places(field.read_by, 'reads'), field.state === 'unused' ? node('span', { class: 'tag note' }, say('unused')) : null),
    );
  }

  const places = (all, verb) => all.map((place) => node(
    'span', { class: 'place' }, node('button', { type: 'button', class: 'link', onclick: () => find(place.element_id) }, say(`${verb}_${place.kind}`, { element: place.element_name, detail: place.detail })),
  ));

  return { show };
}
