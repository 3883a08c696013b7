/** At most so many bytes of UTF-8 from the end of a text, from the start of a line on. */
export function boundedTail(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  const kept = Buffer.from(text).subarray(-most).toString('utf8');
  const line = kept.indexOf('\n');
  return line === -1 || line === kept.length - 1 ? kept.replace(/^\uFFFD+/, '') : kept.slice(line + 1);
}

/** At most so many bytes of UTF-8 from the beginning, to the end of a line, and a sentence about the rest. */
export function boundedHead(text: string, most: number): string {
  const size = Buffer.byteLength(text);
  if (size <= most) return text;
  const kept = Buffer.from(text).subarray(0, most).toString('utf8');
  const line = kept.lastIndexOf('\n');
  const whole = line <= 0 ? kept.replace(/\uFFFD+$/, '') : kept.slice(0, line);
  return `${whole}\n(${Math.ceil((size - most) / 1024)} KiB more are left out)`;
}
