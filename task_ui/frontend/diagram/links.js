/**
 * Elements of the page with data-element are linked with the shapes, both ways. A click on a shape also loads
 * data-element-url (with the id in place of `__ID__`) into data-element-target, and tells the page by `diagram:chosen`.
 */
import { getPart, parse } from '../http.js';
import { chain } from './marks.js';
import { lastPressed, pressedRow } from './presses.js';

export function link(box, viewer, shapeOf) {
  const scope = box.closest('[data-linked]') ?? document;
  const registry = viewer.get('elementRegistry');
  const canvas = viewer.get('canvas');
  let chosen = [];

  const choose = (id, { scroll }) => {
    for (const old of chosen) if (registry.get(old)) canvas.removeMarker(old, 'chosen');
    const shape = shapeOf(id);
    chosen = chain(registry, shape);
    for (const now of chosen) canvas.addMarker(now, 'chosen');
    if (scroll && chosen.length) show(canvas, registry.get(shape));
    let first = !scroll;
    for (const row of scope.querySelectorAll('[data-element]')) {
      const on = row.dataset.element === id;
      row.classList.toggle('current', on);
      if (on && first && row.offsetParent) { row.scrollIntoView({ block: 'nearest' }); first = false; }
    }
  };

  viewer.on('element.click', ({ element, originalEvent }) => {
    if (!element.parent || originalEvent?.target.closest?.('.bjs-drilldown')) return;
    const id = element.id.replace(/_label$/, '');
    choose(id, { scroll: false });
    box.dispatchEvent(new CustomEvent('diagram:chosen', { bubbles: true, detail: { id } }));
    if (box.dataset.elementUrl) fill(box, id);
  });
  const press = (row) => {
    if (!row) return;
    choose(row.dataset.element, { scroll: true });
    if (box.dataset.elementUrl) fill(box, row.dataset.element);
  };
  scope.addEventListener('click', (event) => press(pressedRow(event)));
  const asked = decodeURIComponent(location.hash.slice(1));
  if (asked && registry.get(asked)) choose(asked, { scroll: true });
  press(lastPressed(scope));
}

/** Opens the plane the element lies on and brings it to the middle. */
function show(canvas, element) {
  let root = element;
  while (root.parent) root = root.parent;
  if (canvas.getRootElement() !== root) canvas.setRootElement(root);
  const { x, y, width: wide, height: high, outer, scale } = canvas.viewbox();
  const seen = element.width && element.x > x && element.y > y && element.x + element.width < x + wide && element.y + element.height < y + high;
  if (seen && scale > 0.4) return;
  const at = element.waypoints?.[0] ?? { x: element.x + element.width / 2, y: element.y + element.height / 2 };
  const zoom = Math.max(scale, 0.7);
  const width = outer.width / zoom;
  const height = outer.height / zoom;
  canvas.viewbox({ x: at.x - width / 2, y: at.y - height / 2, width, height });
}

async function fill(box, id) {
  const target = document.querySelector(box.dataset.elementTarget);
  const part = await getPart(box.dataset.elementUrl.replace('__ID__', encodeURIComponent(id)));
  if (!part.ok || !target) return;
  const page = parse(part.text);
  target.replaceChildren(...(page.querySelector('main') ?? page.body).childNodes);
}
