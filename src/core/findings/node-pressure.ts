import { conditionIs } from '../facts/fields.ts';
import { draft, type FindingCheck, named } from './finding-check.ts';

const PRESSURES: readonly (readonly [string, string])[] = [
  ['MemoryPressure', 'memory'],
  ['DiskPressure', 'disk space'],
  ['PIDPressure', 'process ids'],
];

/** `node.pressure`: a node runs out of something and begins to evict pods. */
export const nodePressure: FindingCheck = (looking) =>
  looking.objects
    .filter((object) => object.kind === 'Node')
    .flatMap((node) => {
      const short = PRESSURES.filter(([type]) => conditionIs(node, type, 'True')).map(([, what]) => what);
      if (short.length === 0) return [];
      const says = `Node ${node.metadata?.name} runs out of ${short.join(' and ')}.`;
      return [draft('node.pressure', named(node), looking, says)];
    });
