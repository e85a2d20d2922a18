/** The parts of a file: the diagram of requirements, and each of its tables and expressions. */

import { is } from 'dmn-js-shared/lib/util/ModelUtil';
import { node } from '../modeler/fields.js';

export function startViews(modeler, box, say, opened) {
  function show() {
    const active = modeler.getActiveView();
    box.replaceChildren(...modeler.getViews().map((view) => node(
      'button', { type: 'button', role: 'tab', 'data-view': view.element.id, 'aria-selected': String(view.element === active?.element), onclick: () => modeler.open(view) },
      view.type === 'drd' ? say('requirements') : view.element.name || view.element.id,
    )));
    opened(active && is(active.element, 'dmn:Decision') ? active.element : null);
  }
  modeler.on('views.changed', show);

  const owner = (id) => modeler.getViews().find(({ element, type }) => type !== 'drd' && holds(element, id));

  return {
    refresh: show,
    /** The first table or expression, which is what most come for. */
    openFirst: () => modeler.open(modeler.getViews().find(({ type }) => type !== 'drd') ?? modeler.getViews()[0]),
    /** Where a finding is: its table, with the cell or column in sight. */
    async show(id) {
      const view = owner(id);
      if (view && view.element !== modeler.getActiveView()?.element) await modeler.open(view);
      const cell = document.querySelector(['element', 'row', 'col', 'cell'].map((name) => `[data-${name}-id="${CSS.escape(id)}"]`).join(', '));
      cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      cell?.classList.add('found-here');
      setTimeout(() => cell?.classList.remove('found-here'), 2000);
    },
  };
}

function holds(element, id) {
  if (element.id === id) return true;
  const { input = [], output = [], rule = [] } = element.decisionLogic ?? {};
  return [...input, ...input.map((one) => one.inputExpression ?? {}), ...output, ...rule, ...rule.flatMap((one) => [...(one.inputEntry ?? []), ...(one.outputEntry ?? [])])].some((one) => one.id === id);
}
