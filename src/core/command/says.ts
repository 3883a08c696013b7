import type { Operation } from '../operation.ts';
import { anyNamespaced, kindWord } from './grammar.ts';

/** What an operation does, in a sentence. */
export function saysOf(operation: Operation): string {
  switch (operation.verb) {
    case 'get': {
      const { kinds, names, objects, namespace } = operation;
      const what =
        objects === undefined
          ? [kinds.map(kindWord).join(', '), names.join(', ')].filter((part) => part !== '').join(' ')
          : objects.map(({ kind, name }) => `${kindWord(kind)} ${name}`).join(', ');
      return `reads ${what}${place(namespace, anyNamespaced(kinds))}`;
    }
    case 'describe': {
      const { kind, name, namespace } = operation;
      const word = 'kind' in kind && name !== null ? kind.kind : kindWord(kind);
      return `describes ${name === null ? word : `${word} ${name}`}${place(namespace, anyNamespaced([kind]))}`;
    }
    case 'logs': {
      const { target, selector, tail, namespace } = operation;
      const whose =
        target === null ? `pods with ${selector ?? 'any label'}` : `${target.kind.kind} ${target.name}`;
      return `reads up to ${tail} log lines of ${whose}${place(namespace, true)}`;
    }
    case 'events': {
      const about = operation.for === null ? '' : ` about ${operation.for.kind.kind} ${operation.for.name}`;
      return `reads events${about}${place(operation.namespace, true)}`;
    }
    case 'top': {
      const { what, name, namespace } = operation;
      return `reads the usage of ${what}${name === null ? '' : ` ${name}`}${place(namespace, what === 'pods')}`;
    }
    case 'rollout status':
      return `reads how the rollout of ${subject(operation)} stands`;
    case 'rollout history':
      return `reads the revisions of ${subject(operation)}`;
    case 'auth can-i': {
      const { action, kind, subresource, name, namespace } = operation;
      const what = `${kind.resource}${subresource === null ? '' : `/${subresource}`}${name === null ? '' : ` ${name}`}`;
      return `asks whether firstmate may ${action} ${what}${place(namespace, kind.namespaced)}`;
    }
    case 'get --raw':
      return `reads ${operation.path} of the API server`;
    case 'version':
      return 'reads the version of the API server';
    case 'api-resources':
      return 'reads which kinds the cluster serves';
    case 'rollout undo': {
      const { toRevision } = operation;
      const to = toRevision === null ? 'the revision before' : `revision ${toRevision}`;
      return `rolls ${subject(operation)} back to ${to}`;
    }
    case 'rollout restart':
      return `restarts ${subject(operation)}, pod after pod`;
    case 'scale': {
      const { replicas } = operation;
      if (replicas === 0) return `scales ${subject(operation)} to zero, which is an outage`;
      return `scales ${subject(operation)} to ${replicas} replica${replicas === 1 ? '' : 's'}`;
    }
    case 'rollout pause':
      return `pauses the rollout of ${subject(operation)}`;
    case 'rollout resume':
      return `lets the rollout of ${subject(operation)} go on`;
    case 'set image': {
      const images = operation.images.map(({ container, image }) => `${container} to ${image}`).join(', ');
      return `sets the image of ${subject(operation)}: ${images}`;
    }
    case 'set resources':
      return `sets the resources of ${operation.container ?? 'every container'} in ${subject(operation)}`;
    case 'cordon':
      return `keeps new pods off node ${operation.name}`;
    case 'uncordon':
      return `lets new pods onto node ${operation.name} again`;
    case 'drain':
      return `evicts the pods of node ${operation.name}; they start again elsewhere, where there is room`;
    case 'delete pod': {
      const how = operation.graceSeconds === 0 ? ' at once, without waiting for its node' : '';
      return `deletes Pod ${operation.name} in ${operation.namespace}${how}; it cannot be brought back`;
    }
    case 'delete job':
      return `deletes Job ${operation.name} in ${operation.namespace} and its pods; it cannot be brought back`;
    case 'label':
    case 'annotate': {
      const what = operation.verb === 'label' ? 'labels' : 'annotations';
      const keys = operation.changes.map(({ key }) => key).join(', ');
      const { kind, name, namespace } = operation;
      return `changes the ${what} ${keys} of ${kind.kind} ${name}${place(namespace, false)}`;
    }
    case 'patch': {
      const fields = operation.changes.map(({ path }) => path.slice(1).replaceAll('/', '.')).join(', ');
      return `changes ${fields} of ${subject(operation)}`;
    }
  }
}

function subject(about: { kind: { kind: string }; name: string; namespace: string }): string {
  return `${about.kind.kind} ${about.name} in ${about.namespace}`;
}

function place(namespace: string | null, namespaced: boolean): string {
  if (namespace !== null) return ` in ${namespace}`;
  return namespaced ? ' in all namespaces' : '';
}
