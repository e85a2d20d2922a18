/** The panel of properties: what an element has to say to people and to the machine. */

import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';
import { editing } from './editing.js';
import { groupsOf } from './groups.js';
import { node } from './fields.js';

export function startPanel(modeler, box, choices, forms, say) {
  const edit = editing(modeler);
  let shown = null;

  function show() {
    const chosen = modeler.get('selection').get();
    const root = modeler.get('canvas').getRootElement();
    if (chosen.length > 1) {
      shown = null;
      box.replaceChildren(node('p', { class: 'quiet' }, say('several', { count: chosen.length })));
      return;
    }
    const element = chosen[0]?.labelTarget ?? chosen[0] ?? root;
    const at = document.activeElement?.dataset?.prop;
    const top = element === shown ? box.scrollTop : 0;
    shown = element;
    const bo = getBusinessObject(element);
    const named = bo.get(document.documentElement.lang === 'ru' ? 'procession:titleRu' : 'procession:titleEn') || bo.name;
    const title = named || typeName(modeler, bo);
    box.replaceChildren(
      node('h2', {}, title, node('span', { class: 'quiet small' }, named ? typeName(modeler, bo) : '')),
      ...groupsOf({ element, bo, modeler, edit, choices, forms, say, is, isAny }).filter(Boolean),
    );
    box.scrollTop = top;
    if (at && element === shown) box.querySelector(`[data-prop="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
  }

  modeler.on('selection.changed', show);
  modeler.on('root.set', show);
  modeler.on('commandStack.changed', () => queueMicrotask(show));
  show();
}

const typeName = (modeler, bo) => modeler.get('translate')(bo.$type.replace('bpmn:', '').replace(/([a-z])([A-Z])/g, '$1 $2'));
