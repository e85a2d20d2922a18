/** What is drawn on the shapes: where the process was and is, what failed, what was found, what differs. */

const list = (text) => JSON.parse(text || '[]');

export const readMarks = (box, shapeOf) => ({
  active: list(box.dataset.active), done: list(box.dataset.done), failed: list(box.dataset.failed),
  findings: list(box.dataset.findings).map((found) => ({ ...found, id: shapeOf(found.id) })),
  changes: list(box.dataset.changes),
});

/** Ids worth looking at first. */
export const important = (marks) => [
  ...marks.failed, ...marks.findings.map(({ id }) => id), ...marks.active.map(({ id }) => id), ...marks.changes.map(({ id }) => id),
];

export function paint(viewer, marks) {
  const registry = viewer.get('elementRegistry');
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays');
  const mark = (id, name) => { if (registry.get(id)) canvas.addMarker(id, name); };
  for (const id of marks.done) {
    mark(id, 'was-here');
    if (registry.get(id)?.waypoints) bringForward(registry.getGraphics(id));
  }
  const counts = new Map(marks.active.map(({ id, count, text }) => [id, { count, text }]));
  for (const { id, count } of marks.active) {
    for (const at of chain(registry, id)) {
      if (marks.active.every((other) => other.id !== at)) counts.set(at, { count: (counts.get(at)?.count ?? 0) + count });
    }
  }
  const failed = new Set(marks.failed.flatMap((id) => chain(registry, id)));
  for (const [id, { count, text }] of counts) {
    const open = isOpenScope(registry.get(id));
    const looks = text && failed.has(id) && !open ? 'token bad' : 'token';
    mark(id, open ? 'is-inside' : 'is-here');
    if (!open || text) put(overlays, id, looks, String(count), { top: text ? -24 : -11, left: -11 }, open ? '' : text);
  }
  for (const at of failed) {
    if (isOpenScope(registry.get(at))) continue;
    mark(at, 'failed-here');
    if (!counts.get(at)?.text) put(overlays, at, 'token bad', '!', { top: -11, right: 11 });
  }
  for (const { id, severity, number } of marks.findings) {
    bad(id, severity === 'error' ? 'failed-here' : 'noted-here', severity === 'error' ? 'token bad' : 'token note', String(number));
  }
  for (const { id, kind } of marks.changes) {
    for (const at of chain(registry, id)) mark(at, at === id ? `is-${kind}` : 'is-changed');
  }

  function bad(id, marker, look, text) {
    for (const at of chain(registry, id)) {
      mark(at, marker);
      put(overlays, at, look, text, registry.get(at)?.waypoints ? middle(registry.get(at)) : { top: -11, right: 11 });
    }
  }
}

function middle({ waypoints }) {
  const xs = waypoints.map(({ x }) => x);
  const ys = waypoints.map(({ y }) => y);
  const at = waypoints[Math.floor((waypoints.length - 1) / 2)];
  const next = waypoints[Math.floor((waypoints.length - 1) / 2) + 1];
  return { left: (at.x + next.x) / 2 - Math.min(...xs) - 10, top: (at.y + next.y) / 2 - Math.min(...ys) - 10 };
}

/** The element and the closed sub-processes around it, which stand for it on the outer planes. */
export function chain(registry, id) {
  const element = registry.get(id);
  const ids = element ? [id] : [];
  let root = element;
  while (root) {
    while (root.parent) root = root.parent;
    const closed = root.id.endsWith('_plane') ? registry.get(root.id.slice(0, -'_plane'.length)) : null;
    if (!closed || ids.includes(closed.id)) break;
    ids.push(closed.id);
    root = closed;
  }
  return ids;
}

/** A sub-process that is drawn with what it holds. */
const isOpenScope = (element) => element?.children?.some((child) => child.type !== 'label') ?? false;

/** Flows share lines; the ones taken are drawn over the others. */
function bringForward(graphics) {
  const group = graphics?.closest('.djs-group');
  group?.parentNode.append(group);
}

function put(overlays, id, className, text, position, more) {
  const badge = document.createElement('span');
  badge.className = className;
  badge.textContent = text;
  if (more) {
    const beside = document.createElement('small');
    beside.textContent = more;
    badge.append(beside);
  }
  try {
    overlays.add(id, { position, html: badge, scale: { min: 0.75, max: 1.25 } });
  } catch { /* an element without a shape */ }
}
