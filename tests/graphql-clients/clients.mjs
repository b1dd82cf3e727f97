// What the reference clients are told by a running gateway, in the order of its life: the last test stops it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient as createStreams } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';

const { REGIOGRAPH, REGIOGRAPH_LOG, REGIOGRAPH_PID, REGIOGRAPH_URL } = process.env;
const ROLE = ['--role', 'region_analyst', '--region', 'JZ36'];
const VIEWER = '{ viewer { role scope } placements(first: 1) { totalCount } }';

const token = (ttl) => execFileSync(REGIOGRAPH, ['token', ...ROLE, '--ttl', ttl], { encoding: 'utf8' }).trim();
const socket = (options) =>
  createSocket({ url: REGIOGRAPH_URL.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0, ...options });
const streams = (options) => createStreams({ url: REGIOGRAPH_URL, retryAttempts: 0, ...options });
const bearer = (ttl) => ({ Authorization: `Bearer ${token(ttl)}` });

// Both clients have the same form.
const ask = (client, query, variables) =>
  new Promise((resolve, reject) => {
    const results = [];
    const sink = { next: (result) => results.push(result), error: reject, complete: () => resolve(results) };
    client.subscribe({ query, variables }, sink);
  });

const overHttp = async (query, headers) => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }) };
  return (await fetch(REGIOGRAPH_URL, init)).json();
};

test('graphql-ws: a query is answered as over HTTP, with the token of connection_init', async () => {
  const headers = bearer('1h');
  const client = socket({ connectionParams: headers });
  const expected = await overHttp(VIEWER, headers);
  assert.equal(expected.data.viewer.role, 'region_analyst');
  assert.deepEqual(await ask(client, VIEWER), [expected]);
  const some = 'query($n: Int) { placements(first: $n) { nodes { id } } }';
  const [{ data }] = await ask(client, some, { n: 3 });
  assert.equal(data.placements.nodes.length, 3);
  await client.dispose();
});

test('graphql-ws: without a token one is public, and what the public may not see does not exist', async () => {
  const client = socket();
  assert.deepEqual(await ask(client, '{ viewer { role } }'), [{ data: { viewer: { role: 'public' } } }]);
  await assert.rejects(ask(client, VIEWER), ([error]) => error.extensions.code === 'GRAPHQL_VALIDATION_FAILED');
  const [{ data, errors }] = await ask(client, '{ capacityReports(first: -1) { totalCount } }');
  assert.deepEqual([data, errors[0].extensions.code], [{ capacityReports: null }, 'BAD_USER_INPUT']);
  await client.dispose();
});

test('graphql-ws: operations that are given up are not answered, and the others are', async () => {
  const client = socket({ connectionParams: bearer('1h') });
  await ask(client, VIEWER);
  const ended = () => readFileSync(REGIOGRAPH_LOG, 'utf8').split('\n').filter((line) => line.includes('an operation ended'));
  const page = 'placements(first: 500) { nodes { startedOn unit { name location { name } } } }';
  // All sixty take seconds.
  const slow = `{ ${[...'abcdef'].map((name) => `${name}: ${page}`).join(' ')} }`;
  const [{ errors }] = await ask(client, slow);
  assert.equal(errors, undefined);
  const before = ended().length;
  const told = [];
  const sink = { next: (it) => told.push(it), error: (it) => told.push(it), complete: () => {} };
  const given = Array.from({ length: 60 }, () => client.subscribe({ query: slow }, sink));
  await pause(20);
  given.forEach((giveUp) => giveUp());
  assert.equal((await ask(client, VIEWER)).length, 1);
  assert.equal(told.length < 60, true);
  // Those that had not begun never did.
  assert.equal(ended().length - before < 60, true);
  await client.dispose();
});

test('graphql-ws: a bad token closes the connection with 4403', async () => {
  const client = socket({ connectionParams: { authorization: 'Bearer bad' } });
  await assert.rejects(ask(client, VIEWER), { code: 4403 });
});

test('graphql-ws: a token that expires while the connection is open closes it with 4403', async () => {
  const client = socket({ connectionParams: bearer('3s'), lazyCloseTimeout: 30_000 });
  assert.equal((await ask(client, VIEWER))[0].data.viewer.scope, 'JZ36');
  await pause(3500);
  await assert.rejects(ask(client, VIEWER), { code: 4403, reason: 'Forbidden: the token has expired' });
});

test('graphql-ws: pings are answered both ways', async () => {
  let client;
  const ponged = new Promise((resolve) => {
    client = socket({ keepAlive: 50, lazy: false, on: { pong: (received) => received && resolve() } });
  });
  await ponged;
  await client.dispose();
});

test('graphql-sse: a query is answered as over HTTP, and errors too', async () => {
  const headers = bearer('1h');
  const client = streams({ headers });
  assert.deepEqual(await ask(client, VIEWER), [await overHttp(VIEWER, headers)]);
  const [{ data, errors }] = await ask(client, '{ unheardOf }');
  assert.deepEqual([data, errors[0].extensions.code], [undefined, 'GRAPHQL_VALIDATION_FAILED']);
  client.dispose();
});

test('graphql-sse: a stream that is given up is ended, and the next one begins', async () => {
  const client = streams({ headers: bearer('1h') });
  const slow = '{ placements(first: 500) { nodes { startedOn incidents { totalCount } } } }';
  const told = [];
  const giveUp = client.subscribe({ query: slow }, { next: (it) => told.push(it), error: () => {}, complete: () => {} });
  giveUp();
  assert.equal((await ask(client, VIEWER)).length, 1);
  assert.deepEqual(told, []);
  client.dispose();
});

test('graphql-sse: a bad token is 401, and a reservation 405', async () => {
  const bad = streams({ headers: { authorization: 'Bearer bad' } });
  await assert.rejects(ask(bad, VIEWER), (error) => error.response.status === 401);
  const single = streams({ singleConnection: true });
  await assert.rejects(ask(single, VIEWER), (error) => error.response.status === 405);
});

test('a stop is told to open connections with 1001', async () => {
  const closed = new Promise((resolve) => {
    const on = { connected: () => process.kill(Number(REGIOGRAPH_PID), 'SIGTERM'), closed: resolve };
    socket({ lazy: false, on, onNonLazyError: () => {} });
  });
  assert.equal((await closed).code, 1001);
});
