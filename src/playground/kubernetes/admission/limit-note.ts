import { at, isObject, listOr, objectOr, textOr } from '../json.ts';
import type { Store } from '../store.ts';

/** The annotation in which the LimitRanger plugin says what it filled in. */
export const LIMIT_NOTE = 'kubernetes.io/limit-ranger';

/** What the LimitRanges of a namespace fill in of a new pod, in the plugin's words; undefined where it is nothing. */
export function limitNote(store: Store, namespace: string, spec: unknown): string | undefined {
  const limits = store
    .list('limitranges', namespace)
    .flatMap((range) => listOr(at(range, 'spec', 'limits')))
    .filter((limit) => at(limit, 'type') === 'Container');
  const missing = (container: unknown, asked: 'requests' | 'limits', filled: string): string[] => {
    const given = objectOr(at(container, 'resources', asked));
    const limited = objectOr(at(container, 'resources', 'limits'));
    const names = limits.flatMap((limit) => Object.keys(objectOr(at(limit, filled))));
    return [...new Set(names)]
      .filter((name) => given[name] === undefined && limited[name] === undefined)
      .sort();
  };
  const notes = (list: unknown, kind: string): string[] =>
    listOr(list)
      .filter(isObject)
      .flatMap((container) => {
        const line = (names: string[], what: string) =>
          names.length === 0 ? [] : [`${names.join(', ')} ${what} for ${kind} ${textOr(container.name)}`];
        return [
          ...line(missing(container, 'requests', 'defaultRequest'), 'request'),
          ...line(missing(container, 'limits', 'default'), 'limit'),
        ];
      });
  const all = [
    ...notes(at(spec, 'containers'), 'container'),
    ...notes(at(spec, 'initContainers'), 'init container'),
  ];
  return all.length === 0 ? undefined : `LimitRanger plugin set: ${all.join('; ')}`;
}
