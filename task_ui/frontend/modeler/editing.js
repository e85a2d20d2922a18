/** Changes of a diagram's elements, each one step for undo. */

import { is } from 'bpmn-js/lib/util/ModelUtil';

export function editing(modeler) {
  const modeling = modeler.get('modeling');
  const factory = modeler.get('bpmnFactory');
  const moddle = modeler.get('moddle');

  const make = (type, values, parent) => {
    const made = factory.create(type, values);
    made.$parent = parent;
    return made;
  };
  const set = (element, values) => modeling.updateProperties(element, values);
  const setIn = (element, inner, values) => modeling.updateModdleProperties(element, inner, values);

  /** Our element in extensionElements, if there is one. */
  const ours = (bo, type) => bo.get('extensionElements')?.get('values').find((value) => is(value, type));

  /** Puts a copy with other values in the place of ours; one that says nothing is taken away. */
  function setOurs(element, type, values) {
    const bo = element.businessObject;
    const before = ours(bo, type);
    const kept = {};
    for (const { ns, isReference } of moddle.getTypeDescriptor(type).properties) {
      const value = before?.get(ns.localName);
      if (!isReference && value !== undefined) kept[ns.localName] = value;
    }
    const made = make(type, { ...kept, ...values });
    for (const [name, value] of Object.entries(before?.$attrs ?? {})) made.$attrs[name] = value;
    for (const value of Object.values({ ...kept, ...values })) {
      if (Array.isArray(value)) for (const child of value) child.$parent = made;
    }
    const says = type === 'procession:Call' ? made.get('inputs').length + made.get('outputs').length
      : Object.entries({ ...kept, ...values }).some(([, value]) => (Array.isArray(value) ? value.length : value));
    const holder = bo.get('extensionElements');
    const others = (holder?.get('values') ?? []).filter((value) => value !== before);
    const all = says || Object.keys(made.$attrs).length ? [...others, made] : others;
    if (holder) {
      made.$parent = holder;
      setIn(element, holder, { values: all });
      return;
    }
    if (!all.length) return;
    const fresh = make('bpmn:ExtensionElements', { values: all }, bo);
    made.$parent = fresh;
    set(element, { extensionElements: fresh });
  }

  const expression = (text, parent) => (text ? make('bpmn:FormalExpression', { body: text }, parent) : undefined);

  /** The message, signal, error or escalation an event names, found by its name or made. */
  function refer(element, definition, type, reference, values) {
    const definitions = modeler.getDefinitions();
    const roots = definitions.get('rootElements');
    if (!values.name) return setIn(element, definition, { [reference]: undefined });
    let target = roots.find((root) => is(root, type) && root.name === values.name);
    if (!target) {
      target = make(type, values, definitions);
      setIn(element, definitions, { rootElements: [...roots, target] });
    }
    return setIn(element, definition, { [reference]: target });
  }

  const documentation = (bo) => bo.get('documentation')[0]?.text ?? '';
  function document(element, text) {
    const bo = element.businessObject;
    set(element, { documentation: text ? [make('bpmn:Documentation', { text }, bo)] : [] });
  }

  return { make, set, setIn, ours, setOurs, expression, refer, documentation, document };
}
