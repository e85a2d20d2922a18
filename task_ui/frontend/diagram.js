import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import Viewer from 'bpmn-js/lib/Viewer';
import { words } from './toasts.js';

/**
 * `[data-diagram="/url.xml"]` shows a diagram. Its data-active, data-done, data-failed and data-findings say what to
 * draw on it; elements of the page with data-element are linked with the shapes, both ways.
 */
export function enhance(root) {
  for (const box of root.querySelectorAll('[data-diagram]')) {
    if (!box.dataset.ready) show(box);
  }
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      picture(entry.target);
    }
  }, { rootMargin: '200px' });
  for (const box of root.querySelectorAll('[data-diagram-picture]')) {
    if (!box.dataset.ready) { box.dataset.ready = 'yes'; seen.observe(box); }
  }
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colours = () => ({
  defaultFillColor: token('--paper'), defaultStrokeColor: token('--ink-2'), defaultLabelColor: token('--ink'),
});

async function load(viewer, url) {
  const answer = await fetch(url, { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(String(answer.status));
  const { rootElement } = await viewer.get('moddle').fromXML(await answer.text());
  translate(rootElement, document.documentElement.lang);
  await viewer.importDefinitions(rootElement);
}

/** Puts the reader's language into the names before anything is drawn. */
function translate(element, language, seen = new Set()) {
  if (!element || typeof element !== 'object' || seen.has(element)) return;
  seen.add(element);
  const suffix = language === 'ru' ? ':titleRu' : ':titleEn';
  for (const [name, value] of Object.entries(element.$attrs ?? {})) {
    if (name.endsWith(suffix) && value) element.name = value;
  }
  for (const property of ['rootElements', 'flowElements', 'participants', 'artifacts', 'laneSets', 'lanes', 'childLaneSet']) {
    const value = element.get?.(property);
    for (const child of Array.isArray(value) ? value : [value]) translate(child, language, seen);
  }
}

async function show(box) {
  box.dataset.ready = 'yes';
  const canvasBox = document.createElement('div');
  canvasBox.className = 'canvas';
  box.append(canvasBox);
  const viewer = new NavigatedViewer({ container: canvasBox, bpmnRenderer: colours(), textRenderer: fonts() });
  try {
    await load(viewer, box.dataset.diagram);
  } catch {
    canvasBox.remove();
    const line = document.createElement('p');
    line.className = 'quiet no-picture';
    line.textContent = words('noPicture');
    box.append(line);
    return;
  }
  fit(viewer);
  paint(box, viewer);
  link(box, viewer);
  box.querySelector('[data-fit]')?.addEventListener('click', () => fit(viewer));
  box.querySelector('[data-zoom-in]')?.addEventListener('click', () => viewer.get('zoomScroll').stepZoom(1));
  box.querySelector('[data-zoom-out]')?.addEventListener('click', () => viewer.get('zoomScroll').stepZoom(-1));
  viewer.on('root.set', () => fit(viewer));
}

const fonts = () => ({ defaultStyle: { fontFamily: 'Inter Variable, sans-serif', fontSize: 12 }, externalStyle: { fontSize: 12 } });

function fit(viewer) {
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  const view = canvas.viewbox();
  const pad = Math.max(view.inner.width, view.inner.height) * 0.04 + 10;
  canvas.viewbox({
    x: view.inner.x - pad, y: view.inner.y - pad,
    width: view.inner.width + 2 * pad, height: view.inner.height + 2 * pad,
  });
  if (canvas.zoom() > 1.25) canvas.zoom(1.25, 'auto');
}

const list = (text) => JSON.parse(text || '[]');

function paint(box, viewer) {
  const registry = viewer.get('elementRegistry');
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const done = new Set(list(box.dataset.done));
  const mark = (id, name) => { if (registry.get(id)) canvas.addMarker(id, name); };
  for (const id of done) mark(id, 'was-here');
  registry.forEach((element) => {
    if (element.waypoints && element.source && done.has(element.source.id) && reached(element.target.id)) canvas.addMarker(element, 'was-here');
  });
  const counts = new Map();
  for (const { id, count } of list(box.dataset.active)) {
    for (const at of chain(registry.get(id))) counts.set(at, (counts.get(at) ?? 0) + count);
  }
  for (const [id, count] of counts) {
    mark(id, 'is-here');
    put(overlays, id, 'token', String(count), { top: -10, left: -10 });
  }
  for (const id of list(box.dataset.failed)) {
    for (const at of chain(registry.get(id))) {
      mark(at, 'failed-here');
      put(overlays, at, 'token bad', '!', { top: -10, right: 12 });
    }
  }
  for (const { id, severity, number } of list(box.dataset.findings)) {
    for (const at of chain(registry.get(id))) {
      mark(at, severity === 'error' ? 'failed-here' : 'noted-here');
      put(overlays, at, severity === 'error' ? 'token bad' : 'token note', String(number), { top: -10, right: 12 });
    }
  }

  function reached(id) {
    return done.has(id) || list(box.dataset.active).some((entry) => entry.id === id);
  }
}

/** The element and the closed sub-processes around it, which stand for it on the outer planes. */
function chain(element) {
  const ids = [];
  let scope = element?.businessObject;
  while (scope && !['bpmn:Process', 'bpmn:Definitions', 'bpmn:Collaboration'].includes(scope.$type)) {
    if (!ids.includes(scope.id) && (scope === element.businessObject || scope.di === undefined)) ids.push(scope.id);
    scope = scope.$parent;
  }
  return ids;
}

function put(overlays, id, className, text, position) {
  const mark = document.createElement('span');
  mark.className = className;
  mark.textContent = text;
  try { overlays.add(id, { position, html: mark }); } catch { /* an element without a shape */ }
}

function link(box, viewer) {
  const scope = box.closest('[data-linked]') ?? document;
  const registry = viewer.get('elementRegistry');
  const canvas = viewer.get('canvas');
  let chosen = null;
  const choose = (id, { scroll }) => {
    if (chosen && registry.get(chosen)) canvas.removeMarker(chosen, 'chosen');
    chosen = id;
    const element = registry.get(id);
    if (element) {
      canvas.addMarker(id, 'chosen');
      if (scroll) canvas.scrollToElement(element, 80);
    }
    let first = true;
    for (const row of scope.querySelectorAll('[data-element]')) {
      const on = row.dataset.element === id;
      row.classList.toggle('current', on);
      if (on && first && !scroll) { row.scrollIntoView({ block: 'nearest' }); first = false; }
    }
  };
  viewer.on('element.click', ({ element }) => { if (element.parent) choose(element.id.replace(/_label$/, ''), { scroll: false }); });
  scope.addEventListener('click', (event) => {
    const row = event.target.closest('[data-element]');
    if (row && !event.target.closest('a, button, form')) choose(row.dataset.element, { scroll: true });
  });
}

/** A small still picture: drawn once, kept as an image. */
async function picture(box) {
  const holder = document.createElement('div');
  holder.className = 'off-screen';
  document.body.append(holder);
  const viewer = new Viewer({ container: holder, bpmnRenderer: colours(), textRenderer: fonts() });
  try {
    await load(viewer, box.dataset.diagramPicture);
    const { svg } = await viewer.saveSVG();
    const image = document.createElement('img');
    image.alt = '';
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    box.replaceChildren(image);
  } catch {
    box.classList.add('without');
  } finally {
    viewer.destroy();
    holder.remove();
  }
}
