import { ACCESS_REVIEW } from '../../core/api-request.ts';
import { field, text } from '../../core/facts/fields.ts';
import type { AuthCanIOperation } from '../../core/operation.ts';
import { parseObject } from '../objects.ts';
import type { Reading } from '../reading.ts';
import type { View } from './view.ts';

/** `kubectl auth can-i`, for the reading identity. @throws ReadFailed */
export async function authCanI(reading: Reading, operation: AuthCanIOperation): Promise<View> {
  const { action, kind, subresource, name, namespace } = operation;
  const question = {
    verb: 'create',
    resource: 'selfsubjectaccessreviews',
    namespace: null,
    name: null,
  } as const;
  const answer = await reading.get({
    ...question,
    path: ACCESS_REVIEW.pathPattern,
    review: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {
          verb: action,
          group: kind.group,
          resource: kind.resource,
          ...(subresource === null ? {} : { subresource }),
          ...(name === null ? {} : { name }),
          ...(namespace === null ? {} : { namespace }),
        },
      },
    },
  });
  const review = parseObject(reading.cluster, question, answer.text);
  const allowed = field(review, 'status', 'allowed') === true;
  const reason = text(review, 'status', 'reason');
  const why = allowed || reason === '' ? '' : ` - ${reason}`;
  return { text: `${allowed ? 'yes' : 'no'}${why}`, facts: { allowed, reason }, objects: [] };
}
