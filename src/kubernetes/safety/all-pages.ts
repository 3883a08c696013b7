import { text } from '../../core/facts/fields.ts';
import { apiPath, type KindRef } from '../../core/kinds.ts';
import type { KubeObject } from '../../core/kube.ts';
import { type Question, ReadFailed } from '../faults.ts';
import { listItems, parseObject, typedObject } from '../objects.ts';
import type { Reading } from '../reading.ts';

const PAGE = 250;
/** More than this is not a sum that a check should wait for. */
const MOST_PAGES = 80;

/** All objects of a kind, page by page. What is judged on a part would be judged wrongly. @throws ReadFailed */
export async function allPages(
  reading: Reading,
  kind: KindRef,
  namespace: string | null,
  fieldSelector: string | null = null,
): Promise<readonly KubeObject[]> {
  const question: Question = { verb: 'list', resource: kind.resource, namespace, name: null };
  const found: KubeObject[] = [];
  let from = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = {
      limit: String(PAGE),
      ...(from === '' ? {} : { continue: from }),
      ...(fieldSelector === null ? {} : { fieldSelector }),
    };
    const answer = await reading.get({ ...question, path: apiPath(kind, namespace, null), query });
    const body = parseObject(reading.cluster, question, answer.text);
    found.push(...listItems(body).map(typedObject));
    from = text(body, 'metadata', 'continue');
    if (from === '') return found;
  }
  throw new ReadFailed(
    'too_large',
    `The cluster ${reading.cluster} has more than ${PAGE * MOST_PAGES} ${kind.resource}, which is too many to look at.`,
  );
}
