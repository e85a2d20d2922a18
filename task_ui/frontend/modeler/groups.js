/** Which properties an element has, in the order a designer thinks: name, people, time, work, machine, flow. */

import { check, group, node, rows, select, several, text } from './fields.js';

const WORK = ['bpmn:UserTask', 'bpmn:ManualTask'];
const MACHINE = ['bpmn:ServiceTask', 'bpmn:SendTask'];
const ID = /^[A-Za-z_][\w.-]*$/;

export function groupsOf(at) {
  const { bo, is, isAny } = at;
  const plain = bo.$type === 'bpmn:Task';
  return [
    general(at),
    isAny(bo, WORK) || plain ? people(at) : null,
    isAny(bo, WORK) || plain ? times(at) : null,
    isAny(bo, WORK) || plain ? work(at) : null,
    isAny(bo, WORK) || plain ? results(at) : null,
    isAny(bo, WORK) ? operation(at, 'procession:Task', 'onComplete', at.say('on_complete')) : null,
    isAny(bo, MACHINE) ? operation(at, 'procession:Operation', 'name', at.say('operation')) : null,
    is(bo, 'bpmn:ScriptTask') ? script(at) : null,
    is(bo, 'bpmn:BusinessRuleTask') ? decision(at) : null,
    is(bo, 'bpmn:CallActivity') ? call(at) : null,
    is(bo, 'bpmn:SequenceFlow') ? condition(at) : null,
    ...(is(bo, 'bpmn:Event') ? (bo.get('eventDefinitions') ?? []).map((one) => event(at, one)) : []),
    is(bo, 'bpmn:ReceiveTask') ? message(at, bo) : null,
    is(bo, 'bpmn:Activity') && bo.loopCharacteristics ? repetition(at) : null,
    is(bo, 'bpmn:AdHocSubProcess') ? enough(at, 'completionCondition', 'completion') : null,
    is(bo, 'bpmn:ComplexGateway') ? enough(at, 'activationCondition', 'activation') : null,
  ];
}

function general(at) {
  const { element, bo, edit, say, choices, modeler, is, isAny } = at;
  if (is(bo, 'bpmn:TextAnnotation')) {
    return group(say('general'), text(say('name'), bo.text, (value) => edit.set(element, { text: value }) ?? null, { long: true, key: 'name' }));
  }
  const set = (name) => (value) => { edit.set(element, { [name]: value || undefined }); };
  const process = is(bo, 'bpmn:Process');
  const staged = isAny(bo, ['bpmn:Activity', 'bpmn:EndEvent']);
  return group(
    say('general'),
    text(say('name'), bo.name, set('name'), { key: 'name' }),
    text(say('title_ru'), bo.get('procession:titleRu'), set('procession:titleRu'), { key: 'titleRu' }),
    text(say('title_en'), bo.get('procession:titleEn'), set('procession:titleEn'), { key: 'titleEn' }),
    text(say(process ? 'key' : 'id'), bo.id, (value) => {
      if (value === bo.id) return '';
      if (!ID.test(value)) return say('id_wrong');
      if (modeler.get('moddle').ids.assigned(value)) return say('id_taken');
      edit.set(element, { id: value });
      return '';
    }, { key: 'id', mono: true }),
    process ? text(say('tag'), bo.get('procession:versionTag'), set('procession:versionTag'), { key: 'tag' }) : null,
    staged ? select(say('stage'), bo.get('procession:stage'), choices.stages, set('procession:stage'), { empty: say('none'), key: 'stage' }) : null,
    text(say('notes'), edit.documentation(bo), (value) => { edit.document(element, value); }, { long: true, key: 'notes' }),
  );
}

/** Reads and writes attributes of our task. */
function task({ element, bo, edit }) {
  const found = edit.ours(bo, 'procession:Task');
  return {
    get: (name) => found?.get(name) ?? '',
    list: (name) => found?.get(name) ?? [],
    set: (name) => (value) => { edit.setOurs(element, 'procession:Task', { [name]: value || undefined }); },
  };
}

function people(at) {
  const { say, choices } = at;
  const mine = task(at);
  const roles = mine.get('candidateRoles').split(',').map((code) => code.trim()).filter(Boolean);
  return group(
    say('who'),
    several(say('roles'), roles, choices.roles, (chosen) => mine.set('candidateRoles')(chosen.join(','))),
    text(say('assignee'), mine.get('assignee'), mine.set('assignee'), { mono: true, key: 'assignee', placeholder: 'deal.owner_id' }),
    text(say('users'), mine.get('candidateUsers'), mine.set('candidateUsers'), { mono: true, key: 'users' }),
  );
}

function times(at) {
  const { say } = at;
  const mine = task(at);
  return group(
    say('when'),
    text(say('due'), mine.get('due'), mine.set('due'), { mono: true, key: 'due', placeholder: 'now + days(2)' }),
    text(say('follow_up'), mine.get('followUp'), mine.set('followUp'), { mono: true, key: 'followUp' }),
    text(say('priority'), mine.get('priority'), mine.set('priority'), { mono: true, key: 'priority', placeholder: '50' }),
  );
}

function work(at) {
  const { element, say, choices, edit } = at;
  const mine = task(at);
  const told = (lang) => mine.list('instructions').find((one) => one.lang === lang)?.text ?? '';
  const tell = (lang) => (value) => {
    const others = mine.list('instructions').filter((one) => one.lang !== lang);
    const own = value ? [edit.make('procession:Instructions', { lang, text: value })] : [];
    edit.setOurs(element, 'procession:Task', { instructions: [...others, ...own] });
  };
  return group(
    say('work'),
    text(say('instructions_ru'), told('ru'), tell('ru'), { long: true, key: 'instructions-ru' }),
    text(say('instructions_en'), told('en'), tell('en'), { long: true, key: 'instructions-en' }),
    select(say('form'), mine.get('form'), choices.forms.map((key) => [key, key]), mine.set('form'), { empty: say('none'), key: 'form' }),
    formButtons(at, mine),
    select(say('activity'), mine.get('activity'), choices.activities, mine.set('activity'), { empty: say('none'), key: 'activity' }),
  );
}

/** Opens the form of the task, or begins one for it. */
function formButtons({ bo, forms, say }, mine) {
  const title = bo.get(document.documentElement.lang === 'ru' ? 'procession:titleRu' : 'procession:titleEn');
  const about = { title: title || bo.name || bo.id, results: mine.list('results').map((one) => ({ code: one.code, titleRu: one.titleRu, titleEn: one.titleEn, primary: one.primary === 'true' })) };
  const begin = () => {
    const key = forms.create(bo.id);
    mine.set('form')(key);
    forms.edit(key, about);
  };
  return node(
    'div', { class: 'field row-foot' },
    mine.get('form') ? node('button', { type: 'button', class: 'btn', 'data-edit-form': true, onclick: () => forms.edit(mine.get('form'), about) }, say('edit_form')) : null,
    node('button', { type: 'button', class: 'btn', 'data-new-form': true, onclick: begin }, say('new_form')),
  );
}

function results(at) {
  const { element, edit, say } = at;
  const plain = task(at).list('results').map((one) => ({ code: one.code, titleRu: one.titleRu, titleEn: one.titleEn, primary: one.primary === 'true' }));
  return group(say('results'), rows(
    [{ name: 'code', title: say('code'), mono: true }, { name: 'titleRu', title: say('title_ru') }, { name: 'titleEn', title: say('title_en') }],
    plain,
    (now) => edit.setOurs(element, 'procession:Task', {
      results: now.map(({ code, titleRu, titleEn, primary }) => edit.make('procession:Result', {
        code, ...(titleRu && { titleRu }), ...(titleEn && { titleEn }), ...(primary && { primary: 'true' }),
      })),
    }),
    { add: say('add_result'), remove: say('remove'), flag: { name: 'primary', title: say('primary') } },
  ));
}

/** An operation with a field for each of its parameters. */
function operation({ element, bo, edit, say, choices }, type, attribute, title) {
  const found = edit.ours(bo, type);
  const chosen = choices.operations.find((one) => one.name === found?.get(attribute));
  const given = (found?.get('parameters') ?? []).map((one) => [one.name, one.value]);
  const values = new Map(given);
  const put = (name) => (value) => {
    const now = new Map(given);
    if (value) now.set(name, value); else now.delete(name);
    edit.setOurs(element, type, { parameters: [...now].map(([key, said]) => edit.make('procession:Parameter', { name: key, value: said })) });
  };
  const known = chosen?.parameters ?? [];
  const others = given.filter(([name]) => !known.some((one) => one.name === name)).map(([name]) => ({ name, title: name, type: '' }));
  const hint = ({ type: kind, required }) => [choices.types[kind], required ? say('required') : ''].filter(Boolean).join(', ');
  return group(
    title,
    select(title, found?.get(attribute), choices.operations.map((one) => [one.name, one.title]), (value) => edit.setOurs(element, type, { [attribute]: value || undefined }), { empty: say('none'), key: 'operation' }),
    ...[...known, ...others].map((one) => text(one.title, values.get(one.name), put(one.name), { mono: true, hint: hint(one), key: `parameter-${one.name}` })),
    type === 'procession:Operation' && !found?.get('name') ? text(say('topic'), found?.get('topic'), (value) => edit.setOurs(element, type, { topic: value || undefined }), { mono: true, hint: say('topic_hint'), key: 'topic' }) : null,
    type === 'procession:Operation' ? text(say('result_variable'), found?.get('resultVariable'), (value) => edit.setOurs(element, type, { resultVariable: value || undefined }), { mono: true, key: 'resultVariable' }) : null,
    type === 'procession:Operation' ? check(say('asynchronous'), found?.get('async') === 'true', (on) => edit.setOurs(element, type, { async: on ? 'true' : undefined }), 'async') : null,
  );
}

function script({ element, bo, edit, say }) {
  return group(say('script'), text(say('script'), bo.script, (value) => { edit.set(element, { script: value || undefined }); }, { long: true, mono: true, hint: say('script_hint'), key: 'script' }));
}

function decision({ element, bo, edit, say, choices }) {
  const set = (name) => (value) => { edit.set(element, { [name]: value || undefined }); };
  const binding = bo.get('procession:decisionBinding');
  const bindings = ['deployment', 'version'].map((code) => [code, say(`binding_${code}`)]);
  return group(
    say('decision'),
    text(say('decision_key'), bo.get('procession:decision'), set('procession:decision'), { mono: true, options: choices.decisions, key: 'decision' }),
    select(say('binding'), binding, bindings, set('procession:decisionBinding'), { empty: say('binding_latest'), key: 'binding' }),
    binding === 'version' ? text(say('decision_version'), bo.get('procession:decisionVersion'), set('procession:decisionVersion'), { mono: true, key: 'decision-version' }) : null,
    text(say('decision_result'), bo.get('procession:decisionResult'), set('procession:decisionResult'), { mono: true, key: 'decisionResult' }),
  );
}

function call({ element, bo, edit, say, choices }) {
  const found = edit.ours(bo, 'procession:Call');
  const pairs = (name, type) => rows(
    [{ name: 'name', title: say('variable'), mono: true }, { name: 'value', title: say('expression'), mono: true }],
    (found?.get(name) ?? []).map((one) => ({ name: one.name, value: one.value })),
    (now) => edit.setOurs(element, 'procession:Call', { [name]: now.map((row) => edit.make(type, { name: row.name, value: row.value })) }),
    { add: say('add_value'), remove: say('remove') },
  );
  return group(
    say('called'),
    text(say('called_key'), bo.calledElement, (value) => { edit.set(element, { calledElement: value || undefined }); }, { mono: true, options: choices.processes, hint: say('mapping_hint'), key: 'called' }),
    group(say('inputs'), pairs('inputs', 'procession:Input')),
    group(say('outputs'), pairs('outputs', 'procession:Output')),
  );
}

function condition({ element, bo, edit, say, isAny }) {
  if (!bo.sourceRef || isAny(bo.sourceRef, ['bpmn:ParallelGateway', 'bpmn:EventBasedGateway', 'bpmn:StartEvent'])) return null;
  const change = (value) => { edit.set(element, { conditionExpression: edit.expression(value, bo) }); };
  return group(say('condition'), text(say('condition'), bo.conditionExpression?.body, change, { mono: true, hint: say('condition_hint'), key: 'condition' }));
}

const NAMED = {
  'bpmn:SignalEventDefinition': ['bpmn:Signal', 'signalRef', 'signal'],
  'bpmn:ErrorEventDefinition': ['bpmn:Error', 'errorRef', 'error_event', 'errorCode'],
  'bpmn:EscalationEventDefinition': ['bpmn:Escalation', 'escalationRef', 'escalation', 'escalationCode'],
};

function event(at, definition) {
  const { element, edit, say } = at;
  if (definition.$type === 'bpmn:TimerEventDefinition') return timer(at, definition);
  if (definition.$type === 'bpmn:MessageEventDefinition') return message(at, definition);
  if (definition.$type === 'bpmn:ConditionalEventDefinition') {
    const change = (value) => edit.setIn(element, definition, { condition: edit.expression(value, definition) });
    return group(say('condition'), text(say('event_condition'), definition.condition?.body, (value) => { change(value); }, { mono: true, key: 'event-condition' }));
  }
  if (definition.$type === 'bpmn:LinkEventDefinition') {
    return group(say('link'), text(say('event_name'), definition.name, (value) => { edit.setIn(element, definition, { name: value || undefined }); }, { hint: say('link_hint'), key: 'event-name' }));
  }
  const named = NAMED[definition.$type];
  if (!named) return null;
  const [type, reference, word, code] = named;
  const target = definition.get(reference);
  return group(
    say(word),
    text(say('event_name'), target?.name, (value) => { edit.refer(element, definition, type, reference, { name: value, ...(code && value && { [code]: value }) }); }, { key: 'event-name' }),
    code && target ? text(say('event_code'), target.get(code), (value) => { edit.setIn(element, target, { [code]: value || undefined }); }, { mono: true, key: 'event-code' }) : null,
  );
}

function message({ element, bo, edit, say }, holder) {
  return group(
    say('message'),
    text(say('event_name'), holder.messageRef?.name, (value) => { edit.refer(element, holder, 'bpmn:Message', 'messageRef', { name: value }); }, { key: 'event-name' }),
    text(say('correlation'), bo.get('procession:correlation'), (value) => { edit.set(element, { 'procession:correlation': value || undefined }); }, { mono: true, key: 'correlation' }),
  );
}

const TIMES = ['timeDuration', 'timeDate', 'timeCycle'];

function timer({ element, edit, say }, definition) {
  const kind = TIMES.find((name) => definition.get(name)) ?? 'timeDuration';
  const put = (name, value) => edit.setIn(element, definition, {
    ...Object.fromEntries(TIMES.map((one) => [one, undefined])), [name]: edit.expression(value, definition),
  });
  const value = definition.get(kind)?.body ?? '';
  const field = text(say('time_value'), value, (said) => { put(chosen(), said); }, { mono: true, hint: say('time_hint'), key: 'time' });
  const kinds = select(say('timer_kind'), kind, [['timeDuration', say('duration')], ['timeDate', say('date')], ['timeCycle', say('cycle')]], (name) => { if (value) put(name, value); }, { key: 'timer-kind' });
  const chosen = () => kinds.querySelector('select').value;
  return group(say('timer'), kinds, field);
}

function repetition({ element, bo, edit, say, is }) {
  const loop = bo.loopCharacteristics;
  const formal = (name) => (value) => { edit.setIn(element, loop, { [name]: edit.expression(value, loop) }); };
  if (is(loop, 'bpmn:StandardLoopCharacteristics')) {
    return group(
      say('repeat'),
      text(say('loop_condition'), loop.loopCondition?.body, formal('loopCondition'), { mono: true, key: 'loop-condition' }),
      text(say('loop_maximum'), loop.loopMaximum, (value) => { edit.setIn(element, loop, { loopMaximum: /^[1-9]\d*$/.test(value) ? Number(value) : undefined }); }, { mono: true, key: 'loop-maximum' }),
    );
  }
  const own = (name, vendor) => bo.loopCharacteristics.get(`procession:${name}`) ?? Object.entries(loop.$attrs).find(([key]) => key.endsWith(`:${vendor}`))?.[1] ?? '';
  const set = (name) => (value) => { edit.setIn(element, loop, { [`procession:${name}`]: value || undefined }); };
  return group(
    say('repeat'),
    text(say('collection'), own('collection', 'collection'), set('collection'), { mono: true, hint: say('collection_hint'), key: 'collection' }),
    text(say('item'), own('item', 'elementVariable'), set('item'), { mono: true, key: 'item' }),
    text(say('cardinality'), loop.loopCardinality?.body, formal('loopCardinality'), { mono: true, key: 'cardinality' }),
    text(say('completion'), loop.completionCondition?.body, formal('completionCondition'), { mono: true, key: 'completion' }),
    text(say('output_collection'), own('outputCollection', 'outputCollection'), set('outputCollection'), { mono: true, hint: say('output_hint'), key: 'output-collection' }),
    text(say('output_item'), own('outputItem', 'outputElement'), set('outputItem'), { mono: true, key: 'output-item' }),
  );
}

/** An expression that BPMN keeps at the element itself: when an ad-hoc sub-process or a complex gateway has enough. */
function enough({ element, bo, edit, say }, name, title) {
  const change = (value) => { edit.set(element, { [name]: edit.expression(value, bo) }); };
  return group(say('condition'), text(say(title), bo.get(name)?.body, change, { mono: true, key: name }));
}
