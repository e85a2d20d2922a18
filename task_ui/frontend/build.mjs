// Bundles the front end into task_ui/static/dist or the folder given: hashed files, a manifest, an icon sprite and third-party notices.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync, constants } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const modules = join(root, 'node_modules');
const target = process.argv[2] ?? join(here, '..', 'static', 'dist');
const templates = join(here, '..', 'templates');

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

/** The editor of forms draws with an older preact of its own; its viewer must draw with the same one. */
const onePreact = {
  name: 'one-preact',
  setup(context) {
    const editor = join(modules, '@bpmn-io', 'form-js-editor');
    context.onResolve({ filter: /^preact($|\/)/ }, ({ path, importer, kind, pluginData }) => {
      if (pluginData === 'resolved' || !importer.includes(join('@bpmn-io', 'form-js-viewer'))) return null;
      return context.resolve(path, { resolveDir: editor, kind, pluginData: 'resolved' });
    });
  },
};

/** CodeMirror writes its styles into a <style> element, which our content policy forbids; a style sheet object it allows. */
const noStyleElements = {
  name: 'no-style-elements',
  setup(context) {
    context.onLoad({ filter: /style-mod[\\/]src[\\/]style-mod\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const before = '!root.head && root.adoptedStyleSheets';
      if (!source.includes(before)) throw new Error('style-mod has changed: see how it chooses between style sheets and elements.');
      return { contents: source.replace(before, 'root.adoptedStyleSheets'), loader: 'js' };
    });
  },
};

const result = await build({
  entryPoints: { app: join(here, 'app.js'), theme: join(here, 'theme.js'), style: join(here, 'styles', 'style.css'), 'api-docs': join(here, 'api-docs.js'), modeler: join(here, 'modeler.js'), 'decision-editor': join(here, 'decision-editor.js'), 'form-editor': join(here, 'styles', 'form-editor.css'), 'public-form': join(here, 'public-form.js'), 'embed-form': join(here, 'embed-form.js') },
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  target: ['chrome111', 'firefox121', 'safari17'],
  outdir: target,
  entryNames: '[name]-[hash]',
  chunkNames: 'part-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.woff2': 'file', '.woff': 'file', '.eot': 'empty', '.ttf': 'empty', '.svg': 'dataurl' },
  plugins: [onePreact, noStyleElements],
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  external: ['/static/*'],
});

const manifest = {};
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  if (!output.entryPoint) continue;
  manifest[basename(output.entryPoint)] = basename(path);
  if (output.cssBundle) manifest[basename(output.entryPoint).replace(/js$/, 'css')] = basename(output.cssBundle);
}

const sprite = iconSprite();
manifest['icons.svg'] = write('icons', 'svg', sprite);
manifest['icon.svg'] = write('icon', 'svg', readFileSync(join(here, 'icon.svg'), 'utf8'));
manifest['notices.txt'] = write('notices', 'txt', notices());
compress();
writeFileSync(join(target, 'manifest.json'), JSON.stringify(manifest, null, 2));

/** Every icon whose name stands in quotes in a template or a Python file of the interface, as one SVG of symbols. */
function iconSprite() {
  const known = new Set(readdirSync(join(modules, 'lucide-static', 'icons')).map((file) => file.replace(/\.svg$/, '')));
  const names = new Set();
  for (const file of walk(join(here, '..'))) {
    if (!/\.(html|py)$/.test(file)) continue;
    const text = readFileSync(file, 'utf8');
    for (const [, name] of text.matchAll(/["']([a-z][a-z0-9-]*)["']/g)) if (known.has(name)) names.add(name);
    for (const [, name] of text.matchAll(/\bicon\(["']([a-z0-9-]+)["']/g)) {
      if (!known.has(name)) throw new Error(`There is no icon "${name}" in lucide-static (${relative(root, file)}).`);
    }
  }
  const symbols = [...names].sort().map((name) => {
    const source = readFileSync(join(modules, 'lucide-static', 'icons', `${name}.svg`), 'utf8');
    const body = source.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s+/g, ' ').trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

/** The licences of every package whose code or files went into the bundle. */
function notices() {
  const packages = new Set(['lucide-static']);
  for (const input of Object.keys(result.metafile.inputs)) {
    const match = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (match) packages.add(match[1]);
  }
  return [...packages].sort().map((name) => {
    const folder = join(modules, name);
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const licence = readdirSync(folder).find((file) => /^(licen[cs]e|copying)/i.test(file));
    const text = licence ? readFileSync(join(folder, licence), 'utf8').trim() : `Licence: ${about.license}`;
    return `${about.name} ${about.version}\n\n${text}\n`;
  }).join(`\n${'='.repeat(80)}\n\n`);
}

function write(name, extension, text) {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase();
  const file = `${name}-${hash}.${extension}`;
  writeFileSync(join(target, file), text);
  return file;
}

function compress() {
  for (const file of readdirSync(target)) {
    if (!/\.(js|css|svg)$/.test(file)) continue;
    const content = readFileSync(join(target, file));
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
    writeFileSync(join(target, `${file}.br`), brotliCompressSync(content, quality));
    writeFileSync(join(target, `${file}.gz`), gzipSync(content, { level: 9 }));
  }
}

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (relative(join(here, '..'), path).startsWith('static')) continue;
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}
