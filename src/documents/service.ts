import type { DocumentFault } from '../core/catalog.ts';
import type { Service } from '../core/service.ts';
import { SEVERITIES } from '../core/severity.ts';
import { severityCondition } from '../core/severity-condition.ts';
import { at, type Cursor, items, oneOf, rootOf, text, textOrNull, warning } from './cursor.ts';
import { gathered, hasError, type Parsed, type ReadDocument } from './parsed.ts';
import { readAvailability } from './service-availability.ts';
import { shapeFaults } from './shape.ts';
import { placeOf, readYaml, type YamlSource } from './yaml-source.ts';

function readMapping(cursor: Cursor): Service['severityMapping'] {
  const condition = text(at(cursor, 'condition'));
  if (condition === '') return [];
  const read = severityCondition(condition);
  if (!read.ok) {
    warning(
      at(cursor, 'condition'),
      `left out, it is neither a condition over labels nor a line of matchers: ${read.says}`,
    );
    return [];
  }
  return [{ condition, severity: oneOf(at(cursor, 'severity'), SEVERITIES, 'SEV4') }];
}

function readService(root: Cursor): Service {
  const incident = at(root, 'incident');
  return {
    name: text(at(root, 'name')),
    owner: text(at(root, 'owner')),
    runtime: textOrNull(at(root, 'runtime')),
    file: root.source.file,
    channel: text(at(incident, 'channel')).replace(/^#/, ''),
    runbook: text(at(incident, 'runbook')),
    availability: readAvailability(at(at(root, 'slo'), 'availability')),
    severityMapping: items(at(incident, 'severity_mapping')).flatMap(readMapping),
  };
}

/** Reads one document as a service. */
export function readServiceSource(source: YamlSource): ReadDocument<Service> {
  const faults: DocumentFault[] = [...shapeFaults(source, 'service')];
  const service = readService(rootOf(source, faults));
  return { document: hasError(faults) ? null : service, place: placeOf(source, ['name']), faults };
}

/** All services of a file's text. Never throws. */
export function parseService(textOfFile: string, file: string): Parsed<Service> {
  const { sources, faults } = readYaml(textOfFile, file);
  return gathered(sources.map(readServiceSource), faults);
}
