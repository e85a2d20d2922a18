/** Drawing a form: form-js in the middle, our own panel of a field beside it. Loaded when a form is opened. */

import { FormEditor } from '@bpmn-io/form-js-editor';
import { startPanel } from './form-editor/panel.js';
import { translateChrome, translateComponents } from './form-editor/russian.js';
import { fieldsOf, freeKey, labelled, retyped, shown, stored } from './form-editor/schema.js';

/** Our panel takes the place of the one that form-js brings. */
const silent = { attachTo() {}, detach() {}, registerProvider() {}, render() {} };

/**
 * `form`: the schema to begin with; `changed` is called with each new one. `at` holds what the panel needs: words,
 * names of types, results of the task, who reads a field.
 */
export async function openForm({ canvas, panel, form, changed, language, ...at }) {
  const editor = new FormEditor({
    container: canvas,
    additionalModules: [
      { propertiesPanel: ['value', silent] },
      ...(language === 'ru' ? [{ __init__: ['russianNames'], russianNames: ['factory', Object.assign((fields) => translateComponents(fields), { $inject: ['formFields'] })] }] : []),
    ],
  });
  const stop = language === 'ru' ? translateChrome(canvas) : () => {};
  const modeling = editor.get('modeling');
  const schema = () => editor._getState().schema;
  await editor.importSchema(shown(form, language));
  editor.on('commandStack.changed', () => changed(stored(editor.getSchema())));
  const select = (field) => editor.get('selection').set(field);
  const add = (type) => {
    const key = freeKey(schema(), type);
    const drawn = retyped({ key, label: at.types[type] }, type);
    select(modeling.addFormField({ key, ...drawn, ...labelled(drawn, at.types[type]) }, schema(), schema().components.length));
  };
  canvas.addEventListener('click', addPressed);
  startPanel(panel, {
    editor,
    at: {
      ...at, language, add,
      change: (field, values) => modeling.editFormField(field, values),
      retype: (field, type) => modeling.editFormField(field, retyped(field, type)),
      remove: (field) => {
        const parent = editor.get('formFieldRegistry').get(field._parent);
        modeling.removeFormField(field, parent, parent.components.indexOf(field));
      },
      taken: (key) => [...fieldsOf(schema())].some((field) => field.key === key),
    },
  });

  /** A press does what dragging does: the field comes last. Keys are handled by form-js itself. */
  function addPressed(event) {
    const type = event.detail > 0 && event.target.closest('.fjs-palette-field')?.dataset.fieldType;
    if (type) select(modeling.addFormField({ type }, schema(), schema().components.length));
  }

  const stack = editor.get('commandStack');
  return {
    undo: () => stack.canUndo() && stack.undo(),
    redo: () => stack.canRedo() && stack.redo(),
    schema: () => stored(editor.getSchema()),
    close() {
      stop();
      canvas.removeEventListener('click', addPressed);
      editor.destroy();
      canvas.replaceChildren();
      panel.replaceChildren();
    },
  };
}
