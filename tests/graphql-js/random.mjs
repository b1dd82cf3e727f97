// Writes random.json: requests by chance, from the schema alone; the same for the same seed. Another seed, as in
// `node random.mjs 7 3000 FOLDER`, finds what nobody thought of; a found one is kept as a case of its own.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, getNamedType, isAbstractType, isLeafType, isNonNullType, parse, parseValue, validate, valueFromAST } from 'graphql';

const here = (file) => new URL(file, import.meta.url);
const schema = buildSchema(readFileSync(here('schema.graphql'), 'utf8'));
const [seed, count] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 100)];
const folder = process.argv[4] ?? fileURLToPath(here('cases'));
const LONGEST = 500;
const REFUSED_SHARE = 8;

/** What world.mjs does not resolve, or resolves otherwise than sources do. */
const left = `quality province provinces municipality municipalities locations postcode postcodes school schools partnership partnerships
  coverages memberships primaryPostcodes secondaryPostcodes network networks cursor startCursor endCursor reason asOf codeLists`;
const leftOut = new Set(left.split(/\s+/));
const resolved = new Set(`Query Node Youth Source SourceAnswer Completeness PageInfo Viewer ViewerGrant SupraRegion Region
  ExpertiseNetwork Provider Location Unit Institution Placement CapacityReport`.split(/\s+/));
const isResolved = ({ name, type }) =>
  !leftOut.has(name) && (isLeafType(getNamedType(type)) || resolved.has(getNamedType(type).name.replace(/(Connection|Edge)$/, '')));

/** Arguments as a document writes them; what fits no argument of that name is not taken. */
const values = {
  id: ['"Placement:almata:1"', '"Placement:horizon:2"', '"UmVnaW9uOkpaMzY"', '"nothing"', '"youth:A"'],
  ids: ['["youth:A", "Placement:almata:2"]', '["Placement:horizon:2", "nothing"]', '[]', '"youth:B"'],
  pseudonym: ['"youth:A"', '"youth:D"', '"youth:Z"'],
  code: ['"JZ36"', '"ALMATA"', '"GI01"', '"ALMATA-OSS-1"', '"ZW"', '"BEN"'],
  first: ['0', '1', '2', '-1', 'null'],
  last: ['1', '2', '-1'],
  onSourceFailure: ['FAIL', 'PARTIAL', 'null'],
  orderBy: ['{ startedOn: DESC }', '[{ closedDays: ASC }]', '{ reportedOn: ASC }', '[]', 'null'],
  filter: ['{}', 'null', '{ urgent: { eq: true } }', '{ authorisation: { notIn: CLOSED } }', '{ code: { startsWith: "A" } }',
    '{ not: { startedOn: { gte: "2025-02-03" } } }', '{ setting: { eq: CLOSED } }', '{ code: { in: ["JZ36", "JZ38"] } }'],
};
const conditions = ['@skip(if: true)', '@skip(if: false)', '@include(if: true)', '@include(if: false)'];

let state = seed;
const below = (limit) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
};
const once = (times) => below(times) === 0;
const pick = (items) => items[below(items.length)];
const condition = () => (once(12) ? ` ${pick(conditions)}` : '');
const alias = () => (once(4) ? `${pick(['a', 'b', 'c'])}: ` : '');

function one() {
  const [fragments, variables] = [[], []];

  function argument({ name, type }) {
    const fitting = values[name]?.filter((text) => valueFromAST(parseValue(text), type) !== undefined) ?? [];
    if (fitting.length === 0 || (!isNonNullType(type) && !once(3))) return [];
    const text = pick(fitting);
    // An id is longer than its name, and would shift the places of errors.
    const isId = ['id', 'ids', 'pseudonym'].includes(name);
    if (!isId && !once(4)) return [`${name}: ${text}`];
    const fallback = !isId && text !== 'null' && once(3) ? ` = ${text}` : '';
    const given = isId || isNonNullType(type) || !once(3);
    variables.push({ name: `v${variables.length}`, type, fallback, given, value: valueFromAST(parseValue(text), type) });
    return [`${name}: $${variables.at(-1).name}`];
  }

  function field(type, depth) {
    const known = Object.values(type.getFields()).filter(isResolved);
    const fields = depth > 0 ? known : known.filter((it) => isLeafType(getNamedType(it.type)));
    if (fields.length === 0 || once(12)) return `${alias()}__typename`;
    const { name, args, type: of } = pick(fields);
    const written = args.flatMap(argument);
    const inner = isLeafType(getNamedType(of)) ? '' : ` ${selection(getNamedType(of), depth - 1)}`;
    const text = `${alias()}${name}${written.length > 0 ? `(${written.join(', ')})` : ''}${condition()}${inner}`;
    return once(5) ? `${text} ${text}` : text;
  }

  function part(type, depth) {
    if (depth > 0 && once(10)) return `...${once(2) ? ` on ${type}` : ''}${condition()} ${selection(type, depth - 1)}`;
    if (depth > 0 && once(10)) {
      const inner = selection(type, depth - 1);
      const name = `F${fragments.length}`;
      fragments.push(` fragment ${name} on ${type} ${inner}`);
      return `...${name}${condition()}${once(2) ? ` ...${name}` : ''}`;
    }
    return field(type, depth);
  }

  function selection(type, depth) {
    const parts = Array.from({ length: 1 + below(3) }, () => {
      if (!isAbstractType(type)) return part(type, depth);
      const object = schema.getType(pick(['Placement', 'Youth', 'Region', 'Provider', 'Unit', 'Source']));
      return `... on ${object} ${selection(object, depth - 1)}`;
    });
    return `{ ${isAbstractType(type) ? '__typename ' : ''}${parts.join(' ')} }`;
  }

  const body = selection(schema.getQueryType(), 2 + below(6));
  const declared = variables.map(({ name, type, fallback }) => `$${name}: ${type}${fallback}`).join(', ');
  const given = variables.filter((it) => it.given).map(({ name, value }) => [name, value]);
  return { query: `${declared ? `query(${declared}) ` : ''}${body}${fragments.join('')}`, variables: Object.fromEntries(given) };
}

const cases = [];
while (cases.length < count) {
  const { query, variables } = one();
  const fits = query.length <= LONGEST && (validate(schema, parse(query)).length === 0 || once(REFUSED_SHARE));
  if (fits) cases.push({ name: `random ${seed}/${cases.length}`, query, variables });
}
writeFileSync(join(folder, 'random.json'), `[\n${cases.map((it) => `  ${JSON.stringify(it)}`).join(',\n')}\n]\n`);
