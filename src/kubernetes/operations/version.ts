import { stringify } from 'yaml';
import { text } from '../../core/facts/fields.ts';
import type { VersionOperation } from '../../core/operation.ts';
import { parseObject } from '../objects.ts';
import type { Reading } from '../reading.ts';
import type { View } from './view.ts';

/** `kubectl version`, of the server alone: there is no kubectl here whose version could be told. @throws ReadFailed */
export async function version(reading: Reading, { output }: VersionOperation): Promise<View> {
  const question = { verb: 'get', resource: '/version', namespace: null, name: null } as const;
  const answer = await reading.get({ ...question, path: '/version' });
  const serverVersion = parseObject(reading.cluster, question, answer.text);
  const plain = `Server Version: ${text(serverVersion, 'gitVersion')}`;
  const structured = { serverVersion };
  return {
    text:
      output === 'text'
        ? plain
        : output === 'json'
          ? JSON.stringify(structured, null, 2)
          : stringify(structured).trimEnd(),
    facts: {
      version: text(serverVersion, 'gitVersion'),
      major: text(serverVersion, 'major'),
      minor: text(serverVersion, 'minor'),
    },
    objects: [],
  };
}
