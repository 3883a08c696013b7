import type { Operation } from '../operation.ts';
import { GRAMMARS } from './grammars.ts';

const PLAIN = /^[A-Za-z0-9_./:=,-]+$/;

/** The line that a person could run, in one spelling for one operation; `parseCommand` takes it back to the same. */
export function commandLine(operation: Operation): string {
  return commandArgv(operation)
    .map((word) => (PLAIN.test(word) ? word : `'${word}'`))
    .join(' ');
}

export function commandArgv(operation: Operation): readonly string[] {
  return ['kubectl', ...operation.verb.split(' '), ...wordsOf(operation)];
}

function wordsOf(operation: Operation): readonly string[] {
  switch (operation.verb) {
    case 'get':
      return GRAMMARS.get.write(operation);
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
    case 'rollout undo':
      return GRAMMARS['rollout undo'].write(operation);
    case 'rollout restart':
      return GRAMMARS['rollout restart'].write(operation);
    case 'scale':
      return GRAMMARS.scale.write(operation);
    case 'delete pod':
      return GRAMMARS['delete pod'].write(operation);
  }
}
