import { API_VERBS, type AuthCanIOperation, REVIEWED_SUBRESOURCES } from '../../read-operations.ts';
import { ALL_NAMESPACES, NAMESPACE, readFlags, valueFlag } from '../flags.ts';
import { flagWord, type Grammar, namespaceWords } from '../grammar.ts';
import { Refused } from '../refusal.ts';
import { kindOf, noWords, readingNamespace, slashed } from '../subject.ts';
import { oneOf } from '../values.ts';

const FLAGS = {
  namespace: NAMESPACE,
  'all-namespaces': ALL_NAMESPACES,
  subresource: valueFlag(oneOf(REVIEWED_SUBRESOURCES)),
};

export const authCanI: Grammar<AuthCanIOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, FLAGS);
    const [verb, resource, ...more] = rest;
    if (verb === undefined || resource === undefined) {
      throw new Refused('kind_required', 'auth can-i takes a verb and a kind, such as get pods', 1);
    }
    noWords(more);
    const about = resource.text.includes('/')
      ? slashed(resource, kindOf)
      : { kind: kindOf(resource.text, resource), name: null };
    return {
      verb: 'auth can-i',
      action: oneOf(API_VERBS)(verb.text, verb),
      ...about,
      subresource: flags.subresource,
      namespace: readingNamespace({
        kinds: [about.kind],
        named: about.name !== null,
        namespace: flags.namespace,
        everywhere: flags['all-namespaces'],
      }),
    };
  },
  write({ action, kind, name, subresource, namespace }) {
    return [
      ...[action, name === null ? kind.resource : `${kind.resource}/${name}`],
      ...namespaceWords(namespace, kind.namespaced),
      ...flagWord('subresource', subresource),
    ];
  },
};
