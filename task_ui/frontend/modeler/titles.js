/**
 * The diagram speaks the designer's language: where an element has a title in it, that is drawn, and writing into the
 * shape changes it; everything else keeps to the name on the diagram.
 */

const RUSSIAN = document.documentElement.lang === 'ru';
const TITLE = RUSSIAN ? 'procession:titleRu' : 'procession:titleEn';

const titleOf = (element) => element.businessObject?.get?.(TITLE);

/** Does something while the title stands in the place of the name. */
function titled(element, action) {
  const bo = element.businessObject;
  const title = titleOf(element);
  if (!title) return action();
  const name = bo.name;
  bo.name = title;
  try {
    return action();
  } finally {
    bo.name = name;
  }
}

/** Puts titles in the place of names for as long as something else tells the names; gives what puts them back. */
export function swapTitles(modeler) {
  const swapped = modeler.get('elementRegistry').filter((element) => !element.labelTarget && titleOf(element))
    .map(({ businessObject: bo }) => [bo, bo.name]);
  for (const [bo] of swapped) bo.name = bo.get(TITLE);
  return () => { for (const [bo, name] of swapped) bo.name = name; };
}

function Titles(bpmnRenderer, labelEditingProvider, modeling) {
  for (const draw of ['drawShape', 'drawConnection']) {
    const plain = bpmnRenderer[draw].bind(bpmnRenderer);
    bpmnRenderer[draw] = (graphics, element, ...more) => titled(element, () => plain(graphics, element, ...more));
  }
  const activate = labelEditingProvider.activate.bind(labelEditingProvider);
  labelEditingProvider.activate = (element) => titled(element, () => activate(element));
  /** Only what is written into the shape: a name given elsewhere passes through the same labels and stays a name. */
  const write = labelEditingProvider.update.bind(labelEditingProvider);
  labelEditingProvider.update = (element, text, ...more) => {
    const target = element.labelTarget ?? element;
    if (!titleOf(target)) return write(element, text, ...more);
    return modeling.updateProperties(target, { [TITLE]: text || undefined });
  };
}
Titles.$inject = ['bpmnRenderer', 'labelEditingProvider', 'modeling'];

export const titles = { __init__: ['titles'], titles: ['type', Titles] };
