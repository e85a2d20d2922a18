/** One thing that the server found, with its element a press away. */

import { node } from './fields.js';

export function findingLine({ element_id: id, element_name: name, severity, number, message }, find, say) {
  return node(
    'li', { class: severity, 'data-element': id, onclick: () => id && find(id) }, node('span', { class: 'n' }, String(number)),
    node('div', { class: 'grow' }, node('span', { class: 'told' }, message), node(
      'span', { class: 'sub' }, say(severity), id ? ' · ' : '', id ? node('button', { type: 'button', class: 'link' }, name || id) : '',
    )),
  );
}
