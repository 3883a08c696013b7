import type { Operation } from '../operation.ts';
import { GRAMMARS } from './grammars.ts';

const PLAIN = /^[A-Za-z0-9_./:=,-]+$/;

/** The line that a person could run, in one spelling for one operation; `parseCommand` takes it back to the same. */
export function commandLine(operation: Operation): string {
  return commandArgv(operation)
    .map((word) => (PLAIN.test(word) ? word : quoted(word)))
    .join(' ');
}

/** In single quotes, where nothing means anything; a single quote itself stands in double ones. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}

export function commandArgv(operation: Operation): readonly string[] {
  return ['kubectl', ...operation.verb.split(' '), ...wordsOf(operation)];
}

function wordsOf(operation: Operation): readonly string[] {
  switch (operation.verb) {
    case 'get':
      return GRAMMARS.get.write(operation);
    case 'get --raw':
      return GRAMMARS['get --raw'].write(operation);
    case 'describe':
      return GRAMMARS.describe.write(operation);
    case 'logs':
      return GRAMMARS.logs.write(operation);
    case 'events':
      return GRAMMARS.events.write(operation);
    case 'top':
      return GRAMMARS.top.write(operation);
    case 'rollout status':
      return GRAMMARS['rollout status'].write(operation);
    case 'rollout history':
      return GRAMMARS['rollout history'].write(operation);
    case 'auth can-i':
      return GRAMMARS['auth can-i'].write(operation);
    case 'version':
      return GRAMMARS.version.write(operation);
    case 'api-resources':
      return GRAMMARS['api-resources'].write(operation);
    case 'rollout undo':
      return GRAMMARS['rollout undo'].write(operation);
    case 'rollout restart':
      return GRAMMARS['rollout restart'].write(operation);
    case 'scale':
      return GRAMMARS.scale.write(operation);
    case 'delete pod':
      return GRAMMARS['delete pod'].write(operation);
    case 'rollout pause':
      return GRAMMARS['rollout pause'].write(operation);
    case 'rollout resume':
      return GRAMMARS['rollout resume'].write(operation);
    case 'set image':
      return GRAMMARS['set image'].write(operation);
    case 'set resources':
      return GRAMMARS['set resources'].write(operation);
    case 'cordon':
      return GRAMMARS.cordon.write(operation);
    case 'uncordon':
      return GRAMMARS.uncordon.write(operation);
    case 'drain':
      return GRAMMARS.drain.write(operation);
    case 'delete job':
      return GRAMMARS['delete job'].write(operation);
    case 'label':
      return GRAMMARS.label.write(operation);
    case 'annotate':
      return GRAMMARS.annotate.write(operation);
    case 'patch':
      return GRAMMARS.patch.write(operation);
  }
}
