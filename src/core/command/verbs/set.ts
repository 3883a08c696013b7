import { isImage } from '../../image.ts';
import { ROLLOUT_KINDS } from '../../kinds.ts';
import { isQuantity, RESOURCE_NAMES } from '../../patch-fields.ts';
import type { Quantities, SetImageOperation, SetResourcesOperation } from '../../write-operations.ts';
import { NAMESPACE, readFlags, valueFlag } from '../flags.ts';
import { flagWord, type Grammar } from '../grammar.ts';
import { Refused } from '../refusal.ts';
import { oneSubject, requireNamespace } from '../subject.ts';
import type { Word } from '../tokenise.ts';
import { bad, containerValue, type ValueReader } from '../values.ts';

const IMAGE_FLAGS = { namespace: NAMESPACE };

export const setImage: Grammar<SetImageOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, IMAGE_FLAGS);
    const first = rest.findIndex(({ text }) => text.includes('='));
    const about = oneSubject(first === -1 ? rest : rest.slice(0, first), 'set image', ROLLOUT_KINDS);
    const images = (first === -1 ? [] : rest.slice(first)).map(containerImage);
    if (images.length === 0) {
      throw new Refused('change_required', 'set image to what? Add container=image', 1);
    }
    if (new Set(images.map(({ container }) => container)).size < images.length) {
      throw new Refused('repeated_flag', 'a container is named twice', 1);
    }
    return { verb: 'set image', ...about, namespace: requireNamespace(flags.namespace), images };
  },
  write: ({ kind, name, namespace, images }) => [
    `${kind.kind.toLowerCase()}/${name}`,
    ...images.map(({ container, image }) => `${container}=${image}`),
    ...['-n', namespace],
  ],
};

function containerImage(word: Word): SetImageOperation['images'][number] {
  const cut = word.text.indexOf('=');
  const container = word.text.slice(0, Math.max(cut, 0));
  const image = word.text.slice(cut + 1);
  if (container === '*') {
    throw new Refused('bulk', 'each container is named: a star would mean all of them', word.column);
  }
  containerValue(container, word);
  if (!isImage(image)) throw bad(`"${image}" is not an image such as registry.example/shop/web:1.2`, word);
  return { container, image };
}

/** `cpu=200m,memory=512Mi`. */
const quantities: ValueReader<Quantities> = (text, word) => {
  const pairs = text.split(',').map((pair): [string, string] => {
    const [name = '', quantity = '', ...more] = pair.split('=');
    const known = RESOURCE_NAMES.some((resource) => resource === name);
    if (!known || more.length > 0 || !isQuantity(quantity)) {
      throw bad(`"${pair}" is not ${RESOURCE_NAMES.join(', ')} with a quantity such as memory=512Mi`, word);
    }
    return [name, quantity];
  });
  const found = Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  if (Object.keys(found).length < pairs.length) throw bad(`"${text}" names a resource twice`, word);
  return found;
};

const RESOURCE_FLAGS = {
  namespace: NAMESPACE,
  containers: valueFlag(containerValue, 'c'),
  limits: valueFlag(quantities),
  requests: valueFlag(quantities),
};

export const setResources: Grammar<SetResourcesOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, RESOURCE_FLAGS);
    const about = oneSubject(rest, 'set resources', ROLLOUT_KINDS);
    if (flags.limits === null && flags.requests === null) {
      throw new Refused('change_required', 'set which resources? Add --limits or --requests', 1);
    }
    return {
      verb: 'set resources',
      ...about,
      namespace: requireNamespace(flags.namespace),
      container: flags.containers,
      limits: flags.limits ?? {},
      requests: flags.requests ?? {},
    };
  },
  write: ({ kind, name, namespace, container, limits, requests }) => [
    `${kind.kind.toLowerCase()}/${name}`,
    ...['-n', namespace],
    ...(container === null ? [] : ['-c', container]),
    ...flagWord('limits', written(limits)),
    ...flagWord('requests', written(requests)),
  ],
};

function written(of: Quantities): string | null {
  const pairs = Object.entries(of).map(([name, quantity]) => `${name}=${quantity}`);
  return pairs.length === 0 ? null : pairs.join(',');
}
