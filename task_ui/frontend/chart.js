/** `[data-chart="bars|lines|funnel"][data-table="id"]` draws the columns of a table whose headings bear data-series. Rows
 * are called by their first cell, and by those under headings with data-name. */
import { BarChart, FunnelChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, FunnelChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const COLOURS = ['--accent', '--dot-good', '--dot-warn', '--ink-3', '--dot-danger', '--accent-ink', '--good'];

export function enhance(root) {
  for (const box of root.querySelectorAll('[data-chart]')) {
    if (!box.dataset.ready) show(box);
  }
}

function show(box) {
  box.dataset.ready = 'yes';
  const table = document.getElementById(box.dataset.table);
  const chart = init(box, null, { renderer: 'canvas' });
  const draw = () => chart.setOption(options(box.dataset.chart, read(table), box.clientWidth), true);
  draw();
  new ResizeObserver(() => { chart.resize(); draw(); }).observe(box);
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
}

function read(table) {
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  const named = heads.map((head, at) => at).filter((at) => at === 0 || heads[at].hasAttribute('data-name'));
  const names = rows.map((row) => named.map((at) => row.cells[at].textContent.trim()).filter(Boolean).join(': '));
  const series = heads.map((head, at) => ({ head, at })).filter(({ head }) => head.hasAttribute('data-series'))
    .map(({ head, at }) => ({ name: head.textContent.trim(), values: rows.map((row) => Number(row.cells[at].dataset.value || 0)) }));
  return { names, series };
}

/** Bars keep all their names: broken over lines where there is room, aslant and cut where there is none. */
function naming(kind, count, width) {
  const room = Math.floor(width / count) - 10;
  if (kind === 'lines' || count > 16) return { hideOverlap: true };
  return room >= 72 ? { interval: 0, width: room, overflow: 'break' } : { interval: 0, rotate: 40, width: 96, overflow: 'truncate' };
}

function options(kind, { names, series }, width) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const text = { color: colour('--ink-2'), fontFamily: style.getPropertyValue('--font') };
  const common = {
    color: COLOURS.map(colour), textStyle: text, animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    tooltip: { renderMode: 'richText', trigger: kind === 'funnel' ? 'item' : 'axis', backgroundColor: colour('--raised'), borderColor: colour('--line'), textStyle: { color: colour('--ink') } },
  };
  if (kind === 'funnel') {
    const data = names.map((name, at) => ({ name, value: series[0].values[at] }));
    return { ...common, series: [{ type: 'funnel', sort: 'none', minSize: '24%', gap: 3, label: { position: 'inside', formatter: '{b}: {c}', color: colour('--on-accent') }, data }] };
  }
  const lines = kind === 'lines';
  const line = { lineStyle: { color: colour('--line') } };
  return {
    ...common,
    legend: { top: 0, type: 'scroll', textStyle: text },
    grid: { left: 8, right: 12, top: 36, bottom: 4, containLabel: true },
    xAxis: { type: 'category', data: names, axisLabel: { ...text, lineHeight: 15, ...naming(kind, names.length, width) }, axisLine: line },
    yAxis: { type: 'value', minInterval: 1, axisLabel: { ...text, formatter: (value) => value.toLocaleString(document.documentElement.lang) }, splitLine: line },
    series: series.map(({ name, values }) => ({ name, type: lines ? 'line' : 'bar', data: values, stack: lines ? 'all' : undefined, areaStyle: lines ? { opacity: 0.35 } : undefined, symbol: 'none', barMaxWidth: 36 })),
  };
}
