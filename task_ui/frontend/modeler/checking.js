/** What the server finds wrong while it is drawn: on the elements and beside them. */

import { chain } from '../diagram/marks.js';
import { startFieldList } from './field-list.js';
import { findingLine } from './finding-line.js';
import { node } from './fields.js';
import { send } from './saving.js';

const AFTER = 700;
const LOOKS = { error: ['failed-here', 'token bad'], warning: ['noted-here', 'token note'], repair: ['noted-here', 'token note'] };

export function startChecking(modeler, box, forms, say, types) {
  const list = box.querySelector('[data-list]');
  const state = box.querySelector('[data-check-state]');
  const count = box.querySelector('[data-count]');
  const definition = Number(box.dataset.definition) || null;
  const overlays = modeler.get('overlays');
  const canvas = modeler.get('canvas');
  const registry = modeler.get('elementRegistry');
  const fieldList = startFieldList(modeler, box, find, say, types);
  let marked = [];
  let timer = null;
  let asked = 0;

  async function check() {
    const turn = (asked += 1);
    state.textContent = say('checking');
    try {
      const { xml } = await modeler.saveXML({ format: true });
      const told = await send('/processes/drafts/check', { xml, definition, forms: forms.all() });
      if (turn !== asked) return;
      if (!told.ok) throw new Error(told.message);
      show(told.findings);
      forms.tell(told.fields);
      fieldList.show(told.fields);
    } catch {
      if (turn === asked) state.textContent = say('uncheckable');
    }
  }

  function show(findings) {
    for (const [id, marker] of marked) if (registry.get(id)) canvas.removeMarker(id, marker);
    overlays.remove({ type: 'finding' });
    marked = [];
    for (const { element_id: id, severity, number } of findings) {
      const [marker, look] = LOOKS[severity] ?? LOOKS.warning;
      for (const at of id ? chain(registry, id) : []) {
        if (registry.get(at) === canvas.getRootElement() || !registry.get(at).parent) continue;
        canvas.addMarker(at, marker);
        marked.push([at, marker]);
        overlays.add(at, 'finding', { position: { top: -11, right: 11 }, html: node('span', { class: look }, String(number)), scale: { min: 0.75, max: 1.25 } });
      }
    }
    list.replaceChildren(...findings.map(line));
    count.textContent = findings.length || '';
    state.textContent = findings.length ? '' : say('well');
    state.dataset.errors = String(findings.filter(({ severity }) => severity === 'error').length);
  }

  const line = (finding) => findingLine(finding, find, say);

  function find(id) {
    const element = registry.get(id);
    if (!element) return;
    if (!element.parent) {
      modeler.get('selection').select([]);
      return;
    }
    canvas.scrollToElement(element, 120);
    modeler.get('selection').select(element);
  }

  const later = () => { clearTimeout(timer); timer = setTimeout(check, AFTER); };
  modeler.on('commandStack.changed', later);
  forms.onChange(later);
  for (const tab of box.querySelectorAll('[data-below]')) {
    tab.addEventListener('click', () => {
      for (const other of box.querySelectorAll('[data-below]')) other.setAttribute('aria-selected', String(other === tab));
      for (const part of box.querySelectorAll('[data-below-part]')) part.hidden = part.dataset.belowPart !== tab.dataset.below;
    });
  }
  check();
}
