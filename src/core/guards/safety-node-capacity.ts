import { effectOf } from '../safety/effect.ts';
import { withoutPlace } from '../safety/fit.ts';
import { allows, denies, type Guard } from './guard.ts';

const RULE = 'safety.node_capacity';
const MOST_NAMED = 3;

/** What a drained node gives up has to fit on the others, by requests. */
export const safetyNodeCapacity: Guard = ({ operation, draft, safety }) => {
  if (!effectOf(operation, draft).drains) return null;
  const { drain } = safety;
  if (!drain.known) return denies(RULE, `whether the pods fit on other nodes cannot be seen: ${drain.says}`);
  if (drain.value === null) return denies(RULE, 'which nodes the pods would leave is not known');
  const { moving, free, nodes } = drain.value;
  const left = withoutPlace(drain.value);
  if (left.length === 0) {
    return allows(RULE, `the ${moving.length} pods of ${nodes.join(', ')} fit on ${free.length} other nodes`);
  }
  const named = left.slice(0, MOST_NAMED).join(', ');
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : '';
  return denies(
    RULE,
    `no other node has room for ${named}${more} (CPU, memory and pods, by requests): add a node first`,
  );
};
