import 'htmx.org/dist/htmx.esm.js';
import { enhanceAll } from './app-enhance.js';
import { startDialogs } from './dialogs.js';
import { startKeys } from './keys.js';
import { startMenus } from './menus.js';
import { startPalette } from './palette.js';
import { startRinging } from './ringing.js';
import { startTasks } from './tasks.js';
import { startToasts } from './toasts.js';

startMenus();
startDialogs(enhanceAll);
startToasts();
startKeys();
startPalette();
startTasks();
startRinging();
enhanceAll(document).finally(() => { document.documentElement.dataset.ready = 'yes'; });
document.addEventListener('htmx:after:swap', () => enhanceAll(document));
