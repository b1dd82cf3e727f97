// Composes the gateway's subgraph (`regiograph sdl`, on standard input or in a file) with the portal's, in every composer
// that there is for Node. Run by itself it says of each whether it can.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { composeServices as composeWithApollo } from '@apollo/composition';
import { composeServices as composeWithGuild } from '@theguild/federation-composition';
import { LATEST_ROUTER_COMPATIBILITY_VERSION, federateSubgraphs } from '@wundergraph/composition';
import { parse } from 'graphql';
import { sdl as notes } from './notes.mjs';

/** Each takes subgraphs by name, with their text and address, to a supergraph, or says why not. */
export const composers = {
  '@apollo/composition': (subgraphs) => {
    const { supergraphSdl, errors } = composeWithApollo(subgraphs.map(({ name, text, url }) => ({ name, typeDefs: parse(text), url })));
    return { supergraph: supergraphSdl, errors };
  },
  '@theguild/federation-composition': (subgraphs) => {
    const { supergraphSdl, errors } = composeWithGuild(subgraphs.map(({ name, text, url }) => ({ name, typeDefs: parse(text), url })));
    return { supergraph: supergraphSdl, errors };
  },
  '@wundergraph/composition': (subgraphs) => {
    const options = subgraphs.map(({ name, text, url }) => ({ name, definitions: parse(text), url }));
    const composed = federateSubgraphs({ subgraphs: options, version: LATEST_ROUTER_COMPATIBILITY_VERSION });
    return { supergraph: composed.success ? composed.federatedGraphSDL ?? composed.federatedGraphSchema : undefined, errors: composed.errors };
  },
};

/** The two subgraphs, at these addresses. */
export const subgraphs = (regiograph, { regiographUrl = 'http://127.0.0.1:1/graphql', notesUrl = 'http://127.0.0.1:2/graphql' } = {}) => [
  { name: 'regiograph', text: regiograph, url: regiographUrl },
  { name: 'notes', text: notes, url: notesUrl },
];

/** The supergraph, or an error that says what is wrong. */
export function compose(composer, given) {
  const { supergraph, errors } = composers[composer](given);
  if (supergraph && !errors?.length) return supergraph;
  throw new Error(`${composer}: ${(errors ?? []).map(({ message }) => message).join('\n')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = subgraphs(readFileSync(process.argv[2] ?? 0, 'utf8'));
  for (const composer of Object.keys(composers)) {
    compose(composer, given);
    console.log(`composed by ${composer}`);
  }
  // A composer that composes anything would prove nothing: the same type with two meanings must not compose.
  const wrong = [given[0], { ...given[1], text: given[1].text.replace('code: String!', 'code: Int!') }];
  for (const composer of Object.keys(composers)) {
    let composed = true;
    try {
      compose(composer, wrong);
    } catch {
      composed = false;
    }
    if (composed) throw new Error(`${composer} composes what cannot be`);
  }
}
