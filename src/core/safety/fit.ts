import type { DrainFacts, Room } from './facts.ts';

type Named = { readonly name: string } & Room;

/**
 * The pods that find no place on the other nodes; empty when all do. The largest go first, each to the node with the
 * least memory to spare that still takes it. What a scheduler may do better is not counted on.
 */
export function withoutPlace({ moving, free }: DrainFacts): readonly string[] {
  let nodes: readonly Named[] = free;
  const left: string[] = [];
  for (const pod of moving.toSorted((a, b) => b.memory - a.memory || b.cpu - a.cpu)) {
    const [place] = nodes
      .filter((node) => fits(pod, node))
      .toSorted((a, b) => a.memory - b.memory || a.cpu - b.cpu);
    if (place === undefined) left.push(pod.name);
    else nodes = nodes.map((node) => (node === place ? less(node, pod) : node));
  }
  return left;
}

function fits(pod: Room, node: Room): boolean {
  return pod.cpu <= node.cpu && pod.memory <= node.memory && pod.pods <= node.pods;
}

function less(node: Named, pod: Room): Named {
  return {
    name: node.name,
    cpu: node.cpu - pod.cpu,
    memory: node.memory - pod.memory,
    pods: node.pods - pod.pods,
  };
}
