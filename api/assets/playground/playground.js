// The playground: who asks, and with which example; the rest is GraphiQL. Tokens, questions and answers stay in the
// memory of this page: nothing is written to the browser's storage, and nothing is fetched from elsewhere.
"use strict";

const WELCOME = "# Ctrl+Space lists what can be asked for here.\nquery Viewer {\n  viewer {\n    __typename\n  }\n}\n";

const at = (id) => document.getElementById(id);
const root = ReactDOM.createRoot(at("editor"));
let mounts = 0;

/** What GraphiQL takes for the browser's storage, and forgets with the page. */
function memory() {
  const kept = new Map();
  return {
    get length() { return kept.size; },
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}

/** Sends requests under one token. */
function fetcher(token) {
  return async (parameters) => {
    const headers = { "Content-Type": "application/json", Accept: "application/graphql-response+json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    const answer = await fetch("graphql", { method: "POST", headers, body: JSON.stringify(parameters) });
    return answer.json();
  };
}

/** Starts GraphiQL anew, so that the schema is read as this caller sees it. */
function mount(token, query) {
  mounts += 1;
  const logo = React.createElement(GraphiQL.Logo, { key: "logo" }, " ");
  const properties = {
    key: mounts,
    fetcher: fetcher(token),
    query,
    storage: memory(),
    forcedTheme: "light",
    isHeadersEditorEnabled: false,
    shouldPersistHeaders: false,
    showPersistHeadersSettings: false,
  };
  root.render(React.createElement(GraphiQL, properties, logo));
}

/** The roles to choose from, each with a fresh token; null outside the demonstration, or when nobody answers. */
async function roles() {
  const answer = await fetch("playground/roles").catch(() => null);
  return answer?.ok ? answer.json() : null;
}

function fill(select, texts) {
  select.replaceChildren(...texts.map((text, place) => new Option(text, place)));
}

/** Asks as one role: shows its scope and its examples, and loads the first. */
function choose(role) {
  const show = (place) => mount(role.token, role.examples[place]?.query ?? WELCOME);
  at("scope").textContent = role.scope;
  fill(at("example"), role.examples.map((example) => example.name));
  at("example").onchange = (event) => show(event.target.value);
  show(0);
}

function demonstrate(offered) {
  fill(at("role"), offered.map((role) => role.label));
  at("role").onchange = async (event) => {
    const place = event.target.value;
    const fresh = await roles(); // asked for again: tokens do not last
    if (event.target.value === place) choose((fresh ?? offered)[place]);
  };
  at("demonstration").hidden = false;
  choose(offered[0]);
}

function askForToken() {
  at("access").onsubmit = (event) => {
    event.preventDefault();
    mount(at("token").value.trim(), WELCOME);
  };
  at("access").hidden = false;
  mount(null, WELCOME);
}

roles().then((offered) => (offered?.length ? demonstrate(offered) : askForToken()));
