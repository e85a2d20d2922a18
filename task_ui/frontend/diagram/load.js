/** Reading a diagram's XML into a viewer, in the reader's language and the page's colours. */

import { fittingText } from './text.js';

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const look = () => ({
  additionalModules: [fittingText],
  bpmnRenderer: {
    defaultFillColor: token('--paper'), defaultStrokeColor: token('--diagram-line'), defaultLabelColor: token('--ink'),
  },
  textRenderer: {
    defaultStyle: { fontFamily: 'Inter Variable, sans-serif', fontSize: 12, lineHeight: 1.25 },
    externalStyle: { fontSize: 11, lineHeight: 1.25 },
  },
});

/** Names are measured when they are drawn, so the font has to be there first. */
const fontsReady = () => Promise.all(['Process', 'Процесс'].map((text) => document.fonts.load('12px "Inter Variable"', text)))
  .catch(() => []);

/** Answers which shape shows an element. */
export async function load(viewer, xml) {
  await fontsReady();
  const moddle = viewer.get('moddle');
  const { rootElement, elementsById } = await moddle.fromXML(await withPicture(moddle, xml));
  translate(rootElement, document.documentElement.lang);
  widenLabels(rootElement);
  await viewer.importDefinitions(rootElement);
  const registry = viewer.get('elementRegistry');
  return (id) => (registry.get(id) ? id : standIn(elementsById[id]));
}

/** What has no shape is shown at the element it starts from or belongs to. */
const standIn = (element) => element?.sourceRef?.id ?? element?.$parent?.id ?? null;

export async function fetchXml(url) {
  const answer = await fetch(url, { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

const INNER = ['rootElements', 'flowElements', 'participants', 'artifacts', 'laneSets', 'lanes', 'childLaneSet'];

/** Puts the reader's language into the names before anything is drawn. */
function translate(element, language, seen = new Set()) {
  if (!element || typeof element !== 'object' || seen.has(element)) return;
  seen.add(element);
  const suffix = language === 'ru' ? ':titleRu' : ':titleEn';
  for (const [name, value] of Object.entries(element.$attrs ?? {})) {
    if (name.endsWith(suffix) && value) element.name = value;
  }
  for (const property of INNER) {
    const value = element.get?.(property);
    for (const child of Array.isArray(value) ? value : [value]) translate(child, language, seen);
  }
}

/** A diagram that nobody drew is laid out here, for looking only. */
export async function withPicture(moddle, xml) {
  if (xml.includes('BPMNShape')) return xml;
  const { layoutProcess } = await import('bpmn-auto-layout');
  const { rootElement } = await moddle.fromXML(xml);
  rootElement.rootElements.forEach(join);
  return layoutProcess((await moddle.toXML(rootElement)).xml);
}

/** The layout goes along `outgoing`, which is optional in files. */
function join(scope) {
  for (const flow of scope.flowElements ?? []) {
    join(flow);
    if (flow.$type !== 'bpmn:SequenceFlow') continue;
    for (const [node, side] of [[flow.sourceRef, 'outgoing'], [flow.targetRef, 'incoming']]) {
      const flows = node?.get(side);
      if (flows && !flows.includes(flow)) flows.push(flow);
    }
  }
}

/** Boxes of names were measured in other tools' fonts; a little more room keeps words whole. */
function widenLabels(definitions) {
  for (const { plane } of definitions.diagrams ?? []) {
    for (const { label } of plane?.planeElement ?? []) {
      const bounds = label?.bounds;
      if (!bounds) continue;
      const more = Math.max(bounds.width * 0.3, 14);
      bounds.x -= more / 2;
      bounds.width += more;
    }
  }
}
