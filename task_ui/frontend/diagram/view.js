/** What part of a diagram is seen: all of it, or as much as stays readable around what matters. */

const READABLE = { wide: 0.47, narrow: 0.6 };
const WIDE = 700;
const LARGEST = 1.15;
const STEP = 1.25;

export function fitAll(viewer) {
  const canvas = viewer.get('canvas');
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !outer.width) return;
  const foot = legend(viewer);
  const scale = Math.min(LARGEST, (outer.width - 40) / inner.width, (outer.height - 40 - foot) / inner.height);
  lookAt(canvas, inner.x + inner.width / 2, inner.y + (inner.height + foot / scale) / 2, scale, outer);
}

/** The height that the legend covers. */
const legend = (viewer) => (viewer.get('canvas').getContainer().closest('.diagram')?.querySelector('.diagram-legend') ? 30 : 0);

/** Fits, unless names would become too small to read: then it shows what matters first, or where the process starts. */
export function fitReadable(viewer, wanted) {
  fitAll(viewer);
  const canvas = viewer.get('canvas');
  const { scale, inner, outer } = canvas.viewbox();
  const readable = outer.width > WIDE ? READABLE.wide : READABLE.narrow;
  if (scale >= readable) return;
  const element = wanted.map((id) => viewer.get('elementRegistry').get(id)).find((found) => found && visible(canvas, found));
  const half = outer.width / readable / 2;
  const x = element ? middle(element).x : inner.x + half - 20;
  const y = element ? middle(element).y : inner.y + inner.height / 2;
  const tall = outer.height / readable / 2;
  lookAt(
    canvas, clamp(x, inner.x + half - 30, inner.x + inner.width - half + 30),
    clamp(y, inner.y + tall - 40, inner.y + inner.height - tall + 40), readable, outer,
  );
}

const clamp = (value, low, high) => (low > high ? (low + high) / 2 : Math.min(high, Math.max(low, value)));
const middle = (element) => ({ x: element.x + element.width / 2, y: element.y + element.height / 2 });

function visible(canvas, element) {
  let top = element;
  while (top.parent) top = top.parent;
  return top === canvas.getRootElement();
}

function lookAt(canvas, x, y, scale, outer) {
  const width = outer.width / scale;
  const height = outer.height / scale;
  canvas.viewbox({ x: x - width / 2, y: y - height / 2, width, height });
}

export function zoomBy(viewer, factor, centre) {
  const canvas = viewer.get('canvas');
  canvas.zoom(Math.min(4, Math.max(0.1, canvas.zoom() * factor)), centre ?? 'auto');
}

/** Buttons, keys, wheel and fingers. The page goes on scrolling over a diagram; Ctrl and wheel zooms. */
export function navigate(box, canvasBox, viewer, wanted) {
  const on = (selector, act) => box.querySelector(selector)?.addEventListener('click', act);
  on('[data-fit]', () => fitAll(viewer));
  on('[data-zoom-in]', () => zoomBy(viewer, STEP));
  on('[data-zoom-out]', () => zoomBy(viewer, 1 / STEP));
  const expand = box.querySelector('[data-expand]');
  const expanded = (wide) => {
    box.classList.toggle('expanded', wide);
    document.documentElement.classList.toggle('has-expanded', wide);
    expand?.setAttribute('aria-pressed', String(wide));
    requestAnimationFrame(() => fitReadable(viewer, wanted));
  };
  expand?.addEventListener('click', () => expanded(!box.classList.contains('expanded')));
  box.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea')) return;
    const canvas = viewer.get('canvas');
    const acts = {
      '+': () => zoomBy(viewer, STEP), '=': () => zoomBy(viewer, STEP), '-': () => zoomBy(viewer, 1 / STEP),
      0: () => fitAll(viewer), ArrowLeft: () => canvas.scroll({ dx: 60, dy: 0 }), ArrowRight: () => canvas.scroll({ dx: -60, dy: 0 }),
      ArrowUp: () => canvas.scroll({ dx: 0, dy: 60 }), ArrowDown: () => canvas.scroll({ dx: 0, dy: -60 }),
      Escape: () => box.classList.contains('expanded') && expanded(false),
    };
    if (!acts[event.key] || (event.key.startsWith('Arrow') && !event.target.closest('.canvas'))) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  });
  box.addEventListener('keyup', ({ key }) => { if (key === 'Tab') box.classList.add('by-keys'); });
  box.addEventListener('pointerdown', () => box.classList.remove('by-keys'));
  canvasBox.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey && !box.classList.contains('expanded')) event.stopPropagation();
  }, { capture: true });
  fingers(box, canvasBox, viewer);
}

/** One finger moves sideways (everywhere when expanded), two fingers zoom. */
function fingers(box, canvasBox, viewer) {
  const down = new Map();
  const spread = () => {
    const [one, two] = [...down.values()];
    return Math.hypot(one.x - two.x, one.y - two.y);
  };
  canvasBox.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch') down.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  canvasBox.addEventListener('pointermove', (event) => {
    const before = down.get(event.pointerId);
    if (!before) return;
    const wide = down.size > 1 ? spread() : 0;
    const move = { dx: event.clientX - before.x, dy: event.clientY - before.y };
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (down.size === 1) {
      viewer.get('canvas').scroll({ dx: move.dx, dy: box.classList.contains('expanded') ? move.dy : 0 });
    } else if (down.size === 2 && wide) {
      const [one, two] = [...down.values()];
      const frame = canvasBox.getBoundingClientRect();
      zoomBy(viewer, spread() / wide, { x: (one.x + two.x) / 2 - frame.left, y: (one.y + two.y) / 2 - frame.top });
    }
  });
  for (const kind of ['pointerup', 'pointercancel', 'pointerleave']) {
    canvasBox.addEventListener(kind, (event) => down.delete(event.pointerId));
  }
}
