import { StatusError } from '../status.ts';

/** How an object is wanted: as itself, as a Table, or its metadata only. */
export type Representation = {
  form: 'object' | 'table' | 'metadata' | 'discovery';
  /** The version of meta.k8s.io or apidiscovery.k8s.io that the client asked for. */
  version: string;
  yaml: boolean;
};

const PLAIN: Representation = { form: 'object', version: 'v1', yaml: false };

type Offer = { discovery?: boolean; list?: boolean };

function offered(part: string, offer: Offer): Representation | undefined {
  const [type = '', ...parameters] = part.split(';').map((text) => text.trim());
  const named = new Map(parameters.map((text) => [text.split('=')[0] ?? '', text.split('=')[1] ?? '']));
  const as = named.get('as');
  const version = named.get('v') ?? 'v1';
  if (type === '*/*' || type === 'application/*') return PLAIN;
  if (type === 'application/yaml') return { ...PLAIN, yaml: true };
  if (type !== 'application/json') return undefined;
  if (as === undefined) return PLAIN;
  if (as === 'Table' && ['v1', 'v1beta1'].includes(version)) return { ...PLAIN, form: 'table', version };
  if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') {
    return { ...PLAIN, form: 'metadata', version };
  }
  if (as === 'APIGroupDiscoveryList' && offer.discovery === true && version === 'v2') {
    return { ...PLAIN, form: 'discovery', version };
  }
  return undefined;
}

/** The first representation of an Accept header that the server can give; 406 when it can give none. */
export function negotiate(accept: string | undefined, offer: Offer = {}): Representation {
  if (accept === undefined || accept === '') return PLAIN;
  for (const part of accept.split(',')) {
    const found = offered(part, offer);
    if (found !== undefined) return found;
  }
  const formats = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
  const streams = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
  const available = [...formats, ...(offer.list === true ? streams : [])].join(', ');
  throw new StatusError(
    406,
    'NotAcceptable',
    `406: Not Acceptable\n\nAvailable representations: ${available}`,
    {},
  );
}
