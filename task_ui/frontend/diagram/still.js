/** A small still picture of a diagram, drawn once when it comes into sight and kept as an image. */
import Viewer from 'bpmn-js/lib/Viewer';
import { fetchXml, load, look } from './load.js';

export async function still(box) {
  const holder = document.createElement('div');
  holder.className = 'off-screen';
  document.body.append(holder);
  const viewer = new Viewer({ container: holder, ...look() });
  try {
    await load(viewer, await fetchXml(box.dataset.diagramPicture));
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
