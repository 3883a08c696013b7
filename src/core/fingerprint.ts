import type { Labels } from './alert.ts';

const OFFSET = 14_695_981_039_346_656_037n;
const PRIME = 1_099_511_628_211n;
const SEPARATOR = 255;

/**
 * An alert's fingerprint as Alertmanager computes it, for alerts that come without: FNV-1a (64 bits) over the
 * sorted label names and values, each followed by the byte 255; 16 hex digits (prometheus/common, model/signature.go).
 */
export function fingerprintOf(labels: Labels): string {
  const bytes = Object.entries(labels)
    .map((pair) => pair.map((text) => [...Buffer.from(text, 'utf8'), SEPARATOR]))
    .sort(([a = []], [b = []]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .flat(2);
  const hash = bytes.reduce((sum, byte) => BigInt.asUintN(64, (sum ^ BigInt(byte)) * PRIME), OFFSET);
  return hash.toString(16).padStart(16, '0');
}
