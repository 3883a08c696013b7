/**
 * The fields that a JSON text names twice, as paths such as `metadata.name`; the text must be valid JSON.
 * JSON.parse keeps the last and says nothing; a server asked for strict validation refuses.
 */
export function duplicateFields(text: string): string[] {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) ?? [];
  const found: string[] = [];
  let position = 0;
  const value = (path: string): void => {
    const token = tokens[position++];
    if (token === '{') members(path);
    else if (token === '[') items(path);
  };
  const members = (path: string): void => {
    const seen = new Set<string>();
    while (position < tokens.length && tokens[position] !== '}') {
      if (tokens[position] === ',') position += 1;
      const key = String(JSON.parse(tokens[position++] ?? '""'));
      const field = path === '' ? key : `${path}.${key}`;
      if (seen.has(key)) found.push(field);
      seen.add(key);
      position += 1;
      value(field);
    }
    position += 1;
  };
  const items = (path: string): void => {
    for (let index = 0; position < tokens.length && tokens[position] !== ']'; index += 1) {
      if (tokens[position] === ',') position += 1;
      value(`${path}[${index}]`);
    }
    position += 1;
  };
  value('');
  return found;
}
