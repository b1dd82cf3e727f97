// Records what graphql-js answers to the cases, over the gateway's schema and rows. `--check` changes nothing and fails
// where the recording is not what it would write; `--folder FOLDER` takes the cases from there, and records there.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GraphQLError, Kind, buildSchema, execute, parse, validate } from 'graphql';
import { root } from './world.mjs';

const here = (file) => new URL(file, import.meta.url);
const read = (file) => readFileSync(here(file), 'utf8');

const schema = buildSchema(read('schema.graphql'));
const day = (value) => {
  const moment = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(value) : undefined;
  // A day that does not exist becomes another one.
  if (moment?.toISOString().slice(0, 10) !== value) throw new GraphQLError('no day');
  return value;
};
const date = schema.getType('Date');
date.parseValue = day;
date.parseLiteral = (node) => day(node.kind === Kind.STRING ? node.value : undefined);

const place = ({ path, locations: [{ line, column }] }) => ({ path, line, column });

function answer({ query, variables, operationName }) {
  let document;
  try {
    document = parse(query);
  } catch {
    return { refused: true };
  }
  if (validate(schema, document).length > 0) return { refused: true };
  const result = execute({ schema, document, rootValue: root, variableValues: variables, operationName });
  // An error without a path is one of the request: there is no such operation, or its variables do not fit.
  if (result.errors?.some(({ path }) => path === undefined)) return { refused: true };
  return { ran: { data: result.data, errors: (result.errors ?? []).map(place) } };
}

const given = process.argv.indexOf('--folder');
const folder = given < 0 ? fileURLToPath(here('.')) : process.argv[given + 1];
const files = readdirSync(join(folder, 'cases')).sort();
const cases = files.flatMap((file) => JSON.parse(readFileSync(join(folder, 'cases', file), 'utf8')));
const lines = cases.map((it) => `${JSON.stringify(it.name)}: ${JSON.stringify(answer(it))}`);
const recording = `{\n${lines.join(',\n')}\n}\n`;

if (new Set(cases.map(({ name }) => name)).size < cases.length) throw new Error('two cases have one name');
if (!process.argv.includes('--check')) {
  writeFileSync(join(folder, 'recorded.json'), recording);
} else if (read('recorded.json') !== recording) {
  console.error('recorded.json is not what graphql-js answers; run: npm run record');
  process.exitCode = 1;
}
