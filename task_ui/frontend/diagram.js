/**
 * `[data-diagram="/url.xml"]` shows a diagram, `[data-diagram-source="id"]` one whose text stands in a hidden
 * textarea. Its data-active, -done, -failed, -findings and -changes say what to draw on it; boxes with the same
 * data-diagram-sync move together; `[data-diagram-picture="/url.xml"]` becomes a small still picture.
 */
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { fetchXml, load, look } from './diagram/load.js';
import { link } from './diagram/links.js';
import { important, paint, readMarks } from './diagram/marks.js';
import { still } from './diagram/still.js';
import { fitReadable, navigate } from './diagram/view.js';
import { words } from './toasts.js';

export function enhance(root) {
  for (const box of root.querySelectorAll('[data-diagram], [data-diagram-source]')) {
    if (!box.dataset.ready) show(box);
  }
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      still(entry.target);
    }
  }, { rootMargin: '200px' });
  for (const box of root.querySelectorAll('[data-diagram-picture]')) {
    if (!box.dataset.ready) { box.dataset.ready = 'yes'; seen.observe(box); }
  }
}

async function show(box) {
  box.dataset.ready = 'yes';
  const canvasBox = document.createElement('div');
  canvasBox.className = 'canvas';
  box.append(canvasBox);
  const viewer = new NavigatedViewer({ container: canvasBox, ...look() });
  let shapeOf;
  try {
    const source = box.dataset.diagramSource;
    shapeOf = await load(viewer, source ? document.getElementById(source).value : await fetchXml(box.dataset.diagram));
  } catch {
    viewer.destroy();
    canvasBox.remove();
    without(box);
    return;
  }
  const marks = readMarks(box, shapeOf);
  const wanted = important(marks);
  fitReadable(viewer, wanted);
  paint(viewer, marks);
  navigate(box, canvasBox, viewer, wanted);
  viewer.on('root.set', () => fitReadable(viewer, wanted));
  if (box.dataset.diagramSync) together(box, viewer);
  document.addEventListener('diagram:mark', ({ detail }) => remark(viewer, detail));
  link(box, viewer, shapeOf);
  box.dataset.ready = 'drawn';
  document.dispatchEvent(new CustomEvent('diagram:drawn'));
}

/** Marker → ids: exactly these elements bear it from now on. */
function remark(viewer, wanted) {
  const canvas = viewer.get('canvas');
  viewer.get('elementRegistry').forEach((element) => {
    for (const [marker, ids] of Object.entries(wanted)) {
      const bears = ids.includes(element.id);
      if (bears !== canvas.hasMarker(element, marker)) canvas.toggleMarker(element, marker);
    }
  });
}

function without(box) {
  const line = document.createElement('p');
  line.className = 'quiet no-picture';
  line.textContent = words('noPicture');
  box.classList.add('without');
  box.append(line);
}

const groups = new Map();

/** Boxes of one name look at the same place at the same size. */
function together(box, viewer) {
  const group = groups.get(box.dataset.diagramSync) ?? new Set();
  groups.set(box.dataset.diagramSync, group.add(viewer));
  let following = false;
  viewer.follow = ({ x, y, scale }) => {
    const canvas = viewer.get('canvas');
    const { outer } = canvas.viewbox();
    following = true;
    canvas.viewbox({ x, y, width: outer.width / scale, height: outer.height / scale });
    following = false;
  };
  viewer.on('canvas.viewbox.changed', ({ viewbox }) => {
    if (following) return;
    for (const other of group) if (other !== viewer) other.follow?.(viewbox);
  });
}
