// The rows of rows.json and reference.json as graphql-js resolves them: no more than the cases need.

import { readFileSync } from 'node:fs';
import { GraphQLError } from 'graphql';

const read = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
const { sources: settings, rows } = read('rows.json');
const reference = read('reference.json').data;

const INSTITUTION = 'GI01';
const PAGE = 50;
const PAGE_MOST = 1000;

const globalId = (type, key) => Buffer.from(`${type}:${key}`).toString('base64url');
const refuse = (message) => {
  throw new GraphQLError(message);
};

// Reference data: a table per type, by key.

const tables = {};
const table = (type, items, members) => {
  tables[type] = new Map(
    items.map((item) => [item.code, { __typename: type, id: globalId(type, item.code), ...item, ...members(item) }]),
  );
};
const linked = (type, link) => () => (link ? (tables[type].get(link.code ?? link) ?? null) : null);
const list = (type, links) => () => links.map((link) => tables[type].get(link.code));

const municipalities = reference.memberships.flatMap((region) => region.municipalities);
const provinces = new Map(municipalities.map(({ province }) => [province.code, province]));
const membership = new Map(reference.memberships.map((region) => [region.code, region.municipalities]));
const networks = (region) => reference.expertiseNetworks.filter(({ regions }) => regions.some(({ code }) => code === region.code));
const within = (region, supra) => region.supraRegion?.code === supra.code;

table('SupraRegion', reference.supraRegions, (it) => ({
  regions: list('Region', reference.regions.filter((region) => within(region, it))),
}));
table('Region', reference.regions, (it) => ({
  supraRegion: linked('SupraRegion', it.supraRegion),
  municipalities: list('Municipality', membership.get(it.code) ?? []),
  networks: list('ExpertiseNetwork', networks(it)),
}));
table('Province', [...provinces.values()], () => ({}));
table('Municipality', municipalities, (it) => ({
  province: linked('Province', it.province),
  regions: list('Region', reference.memberships.filter((region) => region.municipalities.includes(it))),
}));
table('ExpertiseNetwork', reference.expertiseNetworks, (it) => ({ regions: list('Region', it.regions) }));
table('Provider', reference.providers, (it) => ({ locations: list('Location', it.locations) }));
table('Location', reference.locations, (it) => ({
  provider: linked('Provider', it.provider),
  units: list('Unit', it.units),
}));
table('Unit', reference.units, (it) => ({ location: linked('Location', it.location) }));
table('Institution', reference.institutions, () => ({}));

// Sources and their rows.

const sources = new Map(
  settings.map(({ name, holder, datasets, unavailable }) => {
    const none = { region: null, partnership: null, network: null };
    const source = { __typename: 'Source', id: globalId('Source', name), name, holderKind: 'PROVIDER', holder, datasets, tables: datasets, ...none };
    return [name, { ...source, provider: linked('Provider', holder), unavailable }];
  }),
);
const youth = (pseudonym) => ({
  __typename: 'Youth',
  id: `youth:${pseudonym}`,
  pseudonym: `youth:${pseudonym}`,
  placements: (args) => connection('Placement', (row) => row.raw.youth === pseudonym, args),
});
const data = {
  Placement: rows.Placement.filter((row) => row.institution === INSTITUTION),
  CapacityReport: rows.CapacityReport,
};
const links = { region: 'Region', unit: 'Unit', institution: 'Institution', municipality: 'Municipality', location: 'Location' };
const key = (dataset, raw) => `${dataset}:${raw.source}:${raw.id}`;
const object = (dataset, raw) => {
  const row = { ...raw, raw, __typename: dataset, id: key(dataset, raw), source: () => sources.get(raw.source) };
  for (const [field, type] of Object.entries(links)) row[field] = linked(type, raw[field]);
  if (raw.youth) row.youth = () => youth(raw.youth);
  return row;
};
const all = (dataset) => data[dataset].map((raw) => object(dataset, raw));

// What rows link to leads back to them.
for (const [dataset, many] of [['Placement', 'placements'], ['CapacityReport', 'capacityReports']]) {
  for (const [field, type] of Object.entries(links)) {
    if (!data[dataset].some((row) => field in row)) continue;
    for (const [code, item] of tables[type]) item[many] = (args) => connection(dataset, (row) => row.raw[field] === code, args);
  }
}

// Filter, order and page.

const compare = (a, b) => (a === b ? 0 : a === null ? -1 : b === null || a > b ? 1 : -1);
const operators = {
  eq: (value, operand) => value === operand,
  ne: (value, operand) => value !== operand,
  in: (value, operand) => operand.includes(value),
  notIn: (value, operand) => !operand.includes(value),
  isNull: (value, operand) => (value === null) === operand,
  lt: (value, operand) => value !== null && value < operand,
  lte: (value, operand) => value !== null && value <= operand,
  gt: (value, operand) => value !== null && value > operand,
  gte: (value, operand) => value !== null && value >= operand,
  contains: (value, operand) => value !== null && value.includes(operand),
  startsWith: (value, operand) => value !== null && value.startsWith(operand),
};
const plain = (value) => (typeof value === 'function' ? value() : value);
const holds = (item, filter) =>
  Object.entries(filter).every(([name, condition]) => {
    if (condition === null) refuse(`"${name}" is null`);
    if (name === 'and') return condition.every((part) => holds(item, part));
    if (name === 'or') return condition.some((part) => holds(item, part));
    if (name === 'not') return !holds(item, condition);
    if (name in operators && item.__typename) return operators.isNull(item, condition);
    const value = plain(item[name]);
    if (value === null && name in links) return Object.entries(condition).every(([test, is]) => test === 'isNull' && is);
    if (value && typeof value === 'object') return holds(value, condition);
    return Object.entries(condition).every(([operator, operand]) =>
      operand === null ? refuse(`"${operator}" is null`) : operators[operator](value, operand),
    );
  });
// A filter is refused whatever the rows are.
const filtered = (items, filter) => items.filter((item) => holds(item, filter ?? {}));

const size = (args, name) => {
  const value = args[name] ?? undefined;
  if (value !== undefined && (value < 0 || value > PAGE_MOST)) refuse(`"${name}" is out of bounds`);
  return value;
};
const ordered = (items, orderBy) => {
  const keys = (orderBy ?? []).map((order) => Object.entries(order)[0]);
  if (new Set(keys.map(([field]) => field)).size < keys.length) refuse('"orderBy" names a field twice');
  const by = (a, b) => {
    for (const [field, direction] of keys) {
      const difference = compare(a.raw[field], b.raw[field]);
      if (difference !== 0) return direction === 'DESC' ? -difference : difference;
    }
    return compare(a.raw.source, b.raw.source) || compare(a.raw.id, b.raw.id);
  };
  return items.sort(by);
};
// Can no row meet it, whatever the rows are? Then no source is asked.
const isNever = (filter) =>
  (filter?.not && Object.keys(filter.not).length === 0) || filter?.and?.some(isNever) || filter?.or?.every(isNever);
const connection = (dataset, about, args) => {
  const [first, last] = [size(args, 'first'), size(args, 'last')];
  if (first !== undefined && last !== undefined) refuse('"first" and "last" are both given');
  for (const name of ['after', 'before']) if (typeof args[name] === 'string') refuse(`"${name}" is no cursor`);
  const matching = ordered(filtered(all(dataset).filter(about), args.filter), args.orderBy);
  const asked = isNever(args.filter) ? [] : [...sources.values()].filter(({ datasets }) => datasets.includes(dataset));
  const complete = !asked.some(({ unavailable }) => unavailable);
  if (args.onSourceFailure === 'FAIL' && !complete) refuse('a source is unavailable');
  const limit = first ?? last ?? PAGE;
  const page = last === undefined ? matching.slice(0, limit) : matching.slice(Math.max(0, matching.length - limit));
  const more = page.length < matching.length;
  return {
    nodes: page,
    edges: page.map((node) => ({ node })),
    pageInfo: {
      hasNextPage: more && last === undefined,
      hasPreviousPage: more && last !== undefined,
      startCursor: page.length > 0 ? 'a cursor' : null,
      endCursor: page.length > 0 ? 'a cursor' : null,
    },
    totalCount: complete ? matching.length : null,
    completeness: {
      complete,
      sources: asked.map((source) => ({ source, status: source.unavailable ? 'UNREACHABLE' : 'ANSWERED', asOf: null })),
    },
  };
};

// The query.

const knownYouth = (pseudonym) => {
  const known = data.Placement.find((row) => `youth:${row.youth}` === pseudonym);
  return known ? youth(known.youth) : null;
};
const row = (dataset, id) => all(dataset).find((it) => it.id === id) ?? null;
const node = (id) => {
  const [type, code] = Buffer.from(id, 'base64url').toString().split(':');
  const known = type === 'Source' ? sources.get(code) : tables[type]?.get(code);
  return known ?? row('Placement', id) ?? row('CapacityReport', id) ?? knownYouth(id);
};
const represented = (it) => {
  const { __typename: type, ...keys } = it ?? {};
  const given = Object.keys(keys).filter((key) => key === 'id' || (key === 'code' && tables[type]));
  const isKnown = tables[type] || ['Source', 'Placement', 'CapacityReport', 'Youth'].includes(type);
  if (!isKnown || given.length === 0 || given.some((key) => typeof keys[key] !== 'string')) return new GraphQLError('malformed');
  const found = given.map((key) => (key === 'id' ? node(keys.id) : (tables[type].get(keys.code) ?? null)));
  return found.every((one) => one?.__typename === type && one.id === found[0].id) ? found[0] : null;
};
const everything = () => true;

export const root = {
  node: ({ id }) => node(id),
  nodes: ({ ids }) => ids.map(node),
  _entities: ({ representations }) => representations.map(represented),
  youth: ({ pseudonym }) => knownYouth(pseudonym),
  sources: () => [...sources.values()],
  viewer: reference.viewer,
  codeLists: reference.codeLists.map((it) => ({
    ...it,
    codes: it.codes.map((code) => ({ ...code, label: ({ language }) => code[language] })),
  })),
  placement: ({ id }) => row('Placement', id),
  placements: (args) => connection('Placement', everything, args),
  capacityReport: ({ id }) => row('CapacityReport', id),
  capacityReports: (args) => connection('CapacityReport', everything, args),
};
for (const [one, many, type] of [
  ['supraRegion', 'supraRegions', 'SupraRegion'],
  ['region', 'regions', 'Region'],
  ['municipality', 'municipalities', 'Municipality'],
  ['provider', 'providers', 'Provider'],
  ['location', 'locations', 'Location'],
  ['unit', 'units', 'Unit'],
  ['expertiseNetwork', 'expertiseNetworks', 'ExpertiseNetwork'],
  ['institution', 'institutions', 'Institution'],
]) {
  root[one] = ({ code }) => tables[type].get(code) ?? null;
  root[many] = ({ filter }) => filtered([...tables[type].values()], filter);
}
