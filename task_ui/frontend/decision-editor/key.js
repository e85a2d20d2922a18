/** The key of the decision that is open: under it a task of a process asks for it. */

import { group, node, text } from '../modeler/fields.js';

const KEY = /^[A-Za-z_][\w.-]*$/;

export function startKey(modeler, panel, say) {
  const place = node('div', {});
  panel.append(place);

  function change(decision, value) {
    if (value === decision.id) return '';
    if (!KEY.test(value)) return say('id_wrong');
    if (modeler.getDefinitions().get('drgElement').some(({ id }) => id === value)) return say('id_taken');
    const modeling = modeler.getActiveViewer().get('modeling');
    if (modeling.editDecisionTableId) modeling.editDecisionTableId(value);
    else modeling.updateProperties(decision, { id: value });
    return '';
  }

  return {
    show(decision) {
      if (!decision) {
        place.replaceChildren();
        return;
      }
      place.replaceChildren(group(say('general'), text(say('decision_key'), decision.id, (value) => change(decision, value), { mono: true, key: 'decision-key', hint: say('decision_key_hint') })));
    },
  };
}
