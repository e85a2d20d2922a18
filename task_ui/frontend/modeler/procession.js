/** Our extension of BPMN for the modeler: what `bpmn/extensions.py` reads. */

const attributes = (...names) => names.map((name) => ({ name, isAttr: true, type: 'String' }));
const element = (name, attrs, ...more) => ({ name, superClass: ['Element'], properties: [...attributes(...attrs), ...more] });
const many = (name, type) => ({ name, type, isMany: true });

export const descriptor = {
  name: 'Procession', uri: 'urn:procession:bpmn:1.0', prefix: 'procession', xml: { tagAlias: 'lowerCase' }, associations: [],
  types: [
    {
      name: 'Anything', extends: ['bpmn:BaseElement'],
      properties: attributes('titleRu', 'titleEn', 'stage', 'correlation', 'resultVariable', 'decision', 'decisionBinding',
        'decisionVersion', 'decisionResult', 'versionTag'),
    },
    {
      name: 'Repetition', extends: ['bpmn:MultiInstanceLoopCharacteristics'],
      properties: attributes('collection', 'item', 'outputCollection', 'outputItem'),
    },
    element('Task', ['assignee', 'candidateRoles', 'candidateUsers', 'due', 'followUp', 'priority', 'form', 'activity', 'onComplete'],
      many('instructions', 'Instructions'), many('results', 'Result'), many('parameters', 'Parameter')),
    element('Instructions', ['lang'], { name: 'text', isBody: true, type: 'String' }),
    element('Result', ['code', 'titleRu', 'titleEn', 'primary']),
    element('Parameter', ['name', 'value']),
    element('Operation', ['name', 'topic', 'resultVariable', 'async'], many('parameters', 'Parameter')),
    element('Call', [], many('inputs', 'Input'), many('outputs', 'Output')),
    element('Input', ['name', 'value']),
    element('Output', ['name', 'value']),
  ],
};
