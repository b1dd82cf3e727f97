// Asks Regiograph and the portal's notes through a router: starts the program's demonstration and the notes, each on a
// free port, composes them, and asks in the name of several roles. Stops what it started, and nothing else.
// `node ask.mjs PROGRAM FOLDER`: the demonstration's data are in the folder, or made there.

import { strict as assert } from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { compose, composers, subgraphs } from './compose.mjs';
import { start as startNotes } from './notes.mjs';

const STARTS_WITHIN = 300_000;
const [program, folder] = [resolve(process.argv[2]), resolve(process.argv[3])];
mkdirSync(folder, { recursive: true });
const environment = { ...process.env, REGIOGRAPH_LISTEN: '127.0.0.1:0' };
delete environment.REGIOGRAPH_CONFIG;
const run = (...args) => execFileSync(program, args, { cwd: folder, env: environment, encoding: 'utf8', maxBuffer: 1 << 26 });

/** The program as it serves, once it says where. */
async function serve() {
  const child = spawn(program, [], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((done) => child.once('exit', done));
  const stop = () => (child.kill(), ended);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (child.kill(), process.exit(1)));
  const late = setTimeout(() => child.kill(), STARTS_WITHIN);
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /listens on .*GraphQL at (http:\S+)\)/.exec(line)?.[1];
    if (!url) continue;
    clearTimeout(late);
    child.stdout.resume();
    return { url, stop };
  }
  clearTimeout(late);
  throw new Error('the program ended before it listened');
}

/** What a token says, for a router that leaves its check to the subgraphs. */
const claims = (authorization) => JSON.parse(Buffer.from(authorization.split('.')[1], 'base64url'));

/** Asks no subgraph for what the token's scopes do not allow. */
const heedingScopes = {
  genericAuth: {
    mode: 'protect-granular',
    rejectUnauthenticated: false,
    resolveUserFn: ({ request }) => {
      const given = request.headers.get('authorization');
      return given ? claims(given) : null;
    },
    extractScopes: (user) => user?.scope?.split(' ') ?? [],
  },
};

/** A router over a supergraph. It hands on who asks, and nothing else. */
function route(supergraph, more = {}) {
  const authorization = ({ request }) => {
    const given = request.headers.get('authorization');
    return given ? { authorization: given } : {};
  };
  const router = createGatewayRuntime({
    supergraph,
    logging: false,
    maskedErrors: false,
    propagateHeaders: { fromClientToSubgraphs: authorization },
    ...more,
  });
  const ask = async (token, query, variables = {}) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    if (token) headers.authorization = `Bearer ${token}`;
    const body = JSON.stringify({ query, variables });
    return (await router.fetch('http://router/graphql', { method: 'POST', headers, body })).json();
  };
  return { ask, stop: () => router[Symbol.asyncDispose]() };
}

const tests = {
  'rows of one are led on to notes of the other, and notes back to rows': async (ask, tokens) => {
    const query = '{ region(code: "JZ36") { name notes { text } } latestNotes(first: 3) { text region { code name supraRegion { code } } } }';
    const { data, errors } = await ask(tokens.analyst, query);
    assert.deepEqual(errors, undefined);
    assert.deepEqual(data.region, {
      name: 'West Brabant West',
      notes: [{ text: 'The region meets on Thursday.' }, { text: 'Figures of the quarter are in.' }],
    });
    const regions = data.latestNotes.map(({ region }) => region);
    assert.deepEqual(regions.map(({ code }) => code), ['JZ36', 'JZ34', 'JZ36']);
    assert.deepEqual(regions.map(({ supraRegion }) => supraRegion.code), ['ZW', 'ZW', 'ZW']);
  },
  'a note on what there is not stands, with null for what is not known of it': async (ask) => {
    const { data } = await ask(undefined, '{ latestNotes { text region { code supraRegion { code } } } }');
    assert.deepEqual(data.latestNotes[3], { text: 'On a region that there is not.', region: { code: 'JZ99', supraRegion: null } });
  },
  'each role gets through the router what it is granted': async (ask, tokens) => {
    const query = '{ latestNotes(first: 1) { region { placements(first: 1000) { totalCount nodes { startedOn } } } } }';
    const of = async (token) => {
      const { data, errors } = await ask(token, query);
      assert.deepEqual(errors, undefined);
      return data.latestNotes[0].region.placements;
    };
    const [analyst, other, provider] = [await of(tokens.analyst), await of(tokens.other), await of(tokens.provider)];
    assert.ok(analyst.totalCount > 0, 'its own region has placements');
    assert.equal(other.totalCount, 0, 'of another region it sees none');
    assert.ok(provider.totalCount > 0 && provider.totalCount !== analyst.totalCount, 'its own placements, and not all');
    assert.ok(analyst.nodes.every(({ startedOn }) => startedOn.endsWith('-01')), 'a region is shown months');
    assert.ok(provider.nodes.some(({ startedOn }) => !startedOn.endsWith('-01')), 'a provider is shown days');
  },
  'what a role lacks is an error through the router, and never data': async (ask, tokens) => {
    for (const [token, query] of [
      [undefined, '{ latestNotes(first: 1) { text region { placements { totalCount } } } }'],
      [undefined, '{ placements { nodes { startedOn } } }'],
      [tokens.analyst, '{ latestNotes(first: 1) { text region { placements { nodes { youth { pseudonym } } } } } }'],
      [tokens.analyst, '{ incidents { totalCount } }'],
    ]) {
      const reply = await ask(token, query);
      assert.ok(reply.errors?.length > 0, query);
      assert.doesNotMatch(JSON.stringify(reply.data ?? null), /totalCount":\d|startedOn":"|pseudonym":"/, query);
    }
  },
  'a token that is not good is refused through the router': async (ask) => {
    const reply = await ask('nonsense', '{ latestNotes(first: 1) { text region { name } } }');
    assert.ok(reply.errors?.length > 0);
    assert.equal(reply.data?.latestNotes?.[0]?.region?.name ?? null, null);
  },
  'many are asked for at once': async (ask, tokens) => {
    const regions = await ask(tokens.analyst, '{ regions { code notes { id } } }');
    assert.equal(regions.data.regions.length, 42);
    assert.equal(regions.data.regions.flatMap(({ notes }) => notes).length, 3);
  },
};

const testsOfScopes = {
  'a router that heeds scopes gives each role what it is granted, and asks for nothing else': async (ask, tokens) => {
    const query = '{ latestNotes(first: 1) { text region { name placements { totalCount } } } }';
    const analyst = await ask(tokens.analyst, query);
    assert.deepEqual(analyst.errors, undefined);
    assert.ok(analyst.data.latestNotes[0].region.placements.totalCount > 0);
    // Without scopes it asks for what everyone sees, and nulls the rest.
    const everyone = await ask(undefined, query);
    assert.deepEqual(everyone.data.latestNotes[0].region, { name: 'West Brabant West', placements: null });
    assert.deepEqual(everyone.errors.map(({ extensions }) => extensions.code), ['UNAUTHORIZED_FIELD_OR_TYPE']);
    const beyond = await ask(tokens.analyst, '{ incidents { totalCount } region(code: "JZ36") { name } }');
    assert.deepEqual(beyond.data, { incidents: null, region: { name: 'West Brabant West' } });
    assert.deepEqual(beyond.errors.map(({ path }) => path), [['incidents']]);
  },
};

const started = [];
try {
  const gateway = await serve();
  started.push(gateway);
  const notes = await startNotes();
  started.push(notes);
  const token = (...args) => run('token', ...args).trim();
  const tokens = {
    analyst: token('--role', 'region_analyst', '--region', 'JZ36'),
    other: token('--role', 'region_analyst', '--region', 'JZ01'),
    provider: token('--role', 'provider', '--provider', 'ALMATA'),
  };
  const given = subgraphs(run('sdl'), { regiographUrl: gateway.url, notesUrl: notes.url });
  // WunderGraph's composer makes what its own router reads; the others make the same kind of supergraph.
  const routed = Object.keys(composers).filter((it) => it !== '@wundergraph/composition');
  for (const [composer, supergraph] of routed.map((it) => [it, compose(it, given)])) {
    const router = route(supergraph);
    started.push(router);
    for (const [name, test] of Object.entries(tests)) {
      await test(router.ask, tokens);
      console.log(`${name} (${composer})`);
    }
  }
  const router = route(compose('@theguild/federation-composition', given), heedingScopes);
  started.push(router);
  for (const [name, test] of Object.entries(testsOfScopes)) {
    await test(router.ask, tokens);
    console.log(name);
  }
} finally {
  for (const it of started.reverse()) await it.stop();
}
