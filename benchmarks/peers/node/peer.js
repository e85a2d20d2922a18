/** bpmn-engine, which keeps its instances in memory: their state is saved in PostgreSQL after each step. */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { EventEmitter } from 'node:events';
import { Engine } from 'bpmn-engine';
import pg from 'pg';

const version = createRequire(import.meta.url)('./package.json').dependencies['bpmn-engine'];
const [host, port, database, user] = process.argv.slice(2);
const client = new pg.Client({ host, port: Number(port), database, user, password: process.env.PGPASSWORD });
const sources = new Map();
let instances = [];

const requests = {
  async deploy({ key, xml }) {
    const [definition] = await new Engine({ name: key, source: xml }).getDefinitions();
    sources.set(key, definition.environment.options.source);
  },
  async start({ key, instances: number }) {
    instances = [];
    for (let i = 0; i < number; i++) instances.push(await start(key));
  },
  async find() {},
  async complete({ order, variables }) {
    const latencies = [];
    const before = process.cpuUsage();
    for (const number of order) {
      const begun = process.hrtime.bigint();
      await complete(instances[number], variables);
      latencies.push(Number(process.hrtime.bigint() - begun) / 1e9);
    }
    const { user: own, system } = process.cpuUsage(before);
    return { latencies, cpu: (own + system) / 1e6 };
  },
};

async function start(key) {
  const listener = new EventEmitter();
  const instance = { id: 0, engine: new Engine({ name: key, sourceContext: sources.get(key) }), waiting: null };
  listener.on('activity.wait', (task) => (instance.waiting = task));
  await instance.engine.execute({ listener });
  const made = await client.query('INSERT INTO instance (state) VALUES ($1) RETURNING id', [await state(instance)]);
  instance.id = made.rows[0].id;
  return instance;
}

async function complete(instance, variables) {
  const task = instance.waiting;
  if (!task) throw new Error(`no task is open in instance ${instance.id}`);
  instance.waiting = null;
  task.environment.assignVariables(variables);
  task.signal(variables);
  const ended = instance.engine.state === 'idle';
  if (!instance.waiting && !ended) throw new Error(`instance ${instance.id} waits for nothing`);
  await client.query('UPDATE instance SET state = $1 WHERE id = $2', [await state(instance), instance.id]);
}

/** Without the diagram, which is the same for all instances. */
async function state(instance) {
  const saved = await instance.engine.getState();
  for (const definition of saved.definitions) delete definition.source;
  return JSON.stringify(saved);
}

await client.connect();
await client.query('CREATE TABLE instance (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state jsonb NOT NULL)');
console.log(JSON.stringify({ name: `bpmn-engine ${version}` }));
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let answer;
  try {
    answer = (await requests[asked.do](asked)) ?? {};
  } catch (problem) {
    answer = { error: String(problem) };
  }
  console.log(JSON.stringify(answer));
}
await client.end();
