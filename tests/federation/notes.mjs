// The second subgraph: a portal's notes on regions, as another team would serve them. Notes are made up.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { buildSchema, execute, parse, validate } from 'graphql';

export const sdl = readFileSync(new URL('notes.graphql', import.meta.url), 'utf8');

const notes = [
  ['1', 'JZ36', 'The region meets on Thursday.'],
  ['2', 'JZ34', 'A new school partner.'],
  ['3', 'JZ36', 'Figures of the quarter are in.'],
  ['4', 'JZ99', 'On a region that there is not.'],
];
const note = ([id, code, text]) => ({ id, text, region: () => region(code) });
const region = (code) => ({ __typename: 'Region', code, notes: notes.filter((it) => it[1] === code).map(note) });

const machinery = `
  directive @key(fields: String!) repeatable on OBJECT
  directive @shareable on OBJECT
  scalar _Any
  union _Entity = Region
  type _Service { sdl: String! }
  extend type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }`;
const schema = buildSchema(sdl.slice(sdl.indexOf('type Query')) + machinery);
const rootValue = {
  latestNotes: ({ first }) => notes.slice(0, first).map(note),
  _service: () => ({ sdl }),
  _entities: ({ representations }) => representations.map(({ code }) => region(code)),
};

function answer({ query, variables, operationName }) {
  const document = parse(query);
  const errors = validate(schema, document);
  return errors.length > 0 ? { errors } : execute({ schema, document, rootValue, variableValues: variables, operationName });
}

/** Serves it on a free port of this machine. */
export async function start() {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const reply = JSON.stringify(await answer(JSON.parse(body)));
    response.writeHead(200, { 'content-type': 'application/json' }).end(reply);
  });
  // No connection ends between two questions.
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}/graphql`, stop };
}
