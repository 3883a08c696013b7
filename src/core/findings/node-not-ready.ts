import { condition, text } from '../facts/fields.ts';
import { draft, type FindingCheck, lasting, named, quote, since } from './finding-check.ts';

/** `node.not_ready`: the kubelet says so, or says nothing any more. */
export const nodeNotReady: FindingCheck = (looking) =>
  looking.objects
    .filter((object) => object.kind === 'Node')
    .flatMap((node) => {
      const ready = condition(node, 'Ready');
      if (ready === undefined || text(ready, 'status') === 'True') return [];
      const seconds = since(text(ready, 'lastTransitionTime'), looking);
      const why = quote(text(ready, 'message') || text(ready, 'reason')).replace(/\.$/, '');
      const says = `Node ${node.metadata?.name} is not ready for ${lasting(seconds)}${why === '' ? '' : `: ${why}`}.`;
      return [draft('node.not_ready', named(node), looking, says)];
    });
