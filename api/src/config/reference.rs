//! The reference of all keys: the table that says of each what its doc comment says, with its default. A test holds it
//! complete.

mod requests;
mod trust;

/// One section of the file.
pub(super) struct Section {
    /// As it stands in the file; empty for the keys before all sections.
    pub(super) header: &'static str,
    pub(super) doc: &'static str,
    pub(super) keys: &'static [Key],
}

/// One key.
pub(super) struct Key {
    pub(super) name: &'static str,
    /// Its default, as Markdown.
    pub(super) default: &'static str,
    pub(super) doc: &'static str,
}

const fn key(name: &'static str, default: &'static str, doc: &'static str) -> Key {
    Key { name, default, doc }
}

const URL: &str = "`postgres`: the address itself, such as `\"postgres://regiograph@db.example.org/care\"`. Behind a `?` may stand sslmode, sslrootcert, sslcert, sslkey, host, hostaddr, port, dbname, user and password, as in libpq. A server on another machine must prove who it is (`verify-full`) unless `sslmode` says otherwise. Keep passwords out of it: in a file, or in the environment.";
const URL_OF_SOURCE: &str = "`postgres`: the address itself, such as `\"postgres://regiograph@db.example.org/care\"`. Behind a `?` may stand sslmode, sslrootcert, sslcert, sslkey, host, hostaddr, port, dbname, user and password, as in libpq. A server on another machine must prove who it is (`verify-full`) unless `sslmode` says otherwise. Keep passwords out of it: in a file, or in the environment. `node`: where the node is, such as `\"https://regiograph.jz36.example\"`: `https`, or `http` to this machine alone.";
const URL_FILE: &str =
    "`postgres`: a file with the address and nothing else; refused where others than its owner may read it.";
const URL_ENV: &str = "`postgres`: the variable of the environment that holds the address.";

pub(super) const SECTIONS: &[Section] = &[
    Section {
        header: "",
        doc: "These stand before every section.",
        keys: &[
            key("listen", "`\"127.0.0.1:8080\"`", "Where HTTP is served. The environment's `REGIOGRAPH_LISTEN` wins."),
            key(
                "data_dir",
                "`\"data\"`",
                "The folder of the gateway's own store and keys: of the master key, and of releases `disclosure.key` (which must never change; the environment's `REGIOGRAPH_DISCLOSURE_KEY` wins) and `release.pem`.",
            ),
        ],
    },
    Section {
        header: "[store]",
        doc: "Where the gateway's own store is: reference data and releases. Without this section it is `store.sqlite` in `data_dir`; gateways that are to answer alike share one in PostgreSQL.",
        keys: &[
            key("kind", "none: needed", "What it is: `\"sqlite\"` or `\"postgres\"`."),
            key("url", "none", URL),
            key("url_file", "none: this, `url_env` or `url` is needed for `postgres`", URL_FILE),
            key("url_env", "none", URL_ENV),
            key(
                "schema",
                "as the server says",
                "`postgres`: the schema in which the tables are made. It must be there.",
            ),
        ],
    },
    Section {
        header: "[keys]",
        doc: "Keys for ids, cursors and pseudonyms.",
        keys: &[
            key(
                "master_file",
                "`master.key` in `data_dir`",
                "The master key: 32 bytes, hexadecimal or base64. Made on first start; refused where others than its owner may read it. The environment's `REGIOGRAPH_MASTER_KEY` wins.",
            ),
            key(
                "youth_key_file",
                "none",
                "The key that holders make keys of youths with (the first 64 bits of HMAC-SHA-256 of the pseudonym): 32 bytes, hexadecimal or base64. Never made; refused where others than its owner may read it. Needed where a mapped source has no `youth_key`.",
            ),
        ],
    },
    trust::ISSUER,
    trust::CLAIMS,
    Section {
        header: "[policy]",
        doc: "Who may see what.",
        keys: &[key("file", "the one that the program comes with", "The policy matrix.")],
    },
    requests::LIMITS,
    requests::LIMITS_OF_ROLE,
    requests::DOCUMENTS,
    requests::HTTP,
    Section {
        header: "[release]",
        doc: "When releases are made: protected tables of a closed quarter or year.",
        keys: &[key(
            "cut_off",
            "`\"31d\"`",
            "How long after the last day of a period its tables may be made; from 1 to 366 whole days.",
        )],
    },
    trust::AUDIT,
    Section {
        header: "[log]",
        doc: "The log, on standard error. The environment's `RUST_LOG` says what is logged.",
        keys: &[key(
            "format",
            "`\"text\"`",
            "The form of a line: `\"text\"` or `\"json\"`, one object per line. The environment's `REGIOGRAPH_LOG_FORMAT` wins.",
        )],
    },
    Section {
        header: "[metrics]",
        doc: "Measures for Prometheus. They name sources, so they have an address of their own that clients need not reach.",
        keys: &[key(
            "listen",
            "none: not served",
            "Where `/metrics` is served, and nothing else, such as `\"127.0.0.1:9090\"`. It asks for no token: keep it where only those reach it who run the gateway.",
        )],
    },
    Section {
        header: "[telemetry]",
        doc: "Traces for OpenTelemetry. Without this section none are sent.",
        keys: &[
            key(
                "otlp",
                "none: needed",
                "The collector, such as `\"http://127.0.0.1:4318\"`: OTLP over HTTP, in protobuf, without TLS: a collector on this machine, which sends them on.",
            ),
            key(
                "sampling",
                "`1.0`",
                "Which share of the traces that begin here is sent, from 0.0 to 1.0. A trace that a caller began is sent where the caller keeps it.",
            ),
            key("service", "`\"regiograph\"`", "The name that spans bear (`service.name`)."),
        ],
    },
    Section {
        header: "[shutdown]",
        doc: "How the gateway stops at SIGTERM or Ctrl-C; at a second one it drains no longer.",
        keys: &[key(
            "drain",
            "`\"0s\"`",
            "For how long it still takes requests while `/health/ready` answers 503, so that a load balancer moves away first; 5 minutes at most. Then the requests under way are waited for, 40 s at most.",
        )],
    },
    Section {
        header: "[[source]]",
        doc: "One holder's data; one such section per source.",
        keys: &[
            key(
                "name",
                "none: needed",
                "The source's name: unique, shown to clients, second key of every order. Lower-case letters, digits and hyphens.",
            ),
            key(
                "kind",
                "none: needed",
                "What it is: `\"sqlite\"`, a file that is only read, or `\"postgres\"`, a database of a PostgreSQL server (12 or later) that is only read, or `\"node\"`, a source of another Regiograph near the data.",
            ),
            key("path", "none: needed for `sqlite`", "The SQLite file."),
            key("url", "none: needed for `node`", URL_OF_SOURCE),
            key("url_file", "none: this, `url_env` or `url` is needed for `postgres`", URL_FILE),
            key("url_env", "none", URL_ENV),
            key("schema", "as the server says", "`postgres`: the schema in which the tables are."),
            key("remote", "the same name", "`node`: the name of the source there."),
            key(
                "gateway",
                "none: needed for `node`",
                "`node`: how this gateway is called there. Lower-case letters, digits and hyphens.",
            ),
            key(
                "key_file",
                "none: needed for `node`",
                "`node`: the key that this gateway and the node share, 32 bytes at random as 64 hexadecimal digits (`openssl rand -hex 32`) or as base64; refused where others than its owner may read it. With it the node knows this gateway, and pseudonyms travel encrypted.",
            ),
            key(
                "ca_file",
                "public authorities",
                "`node`: the authorities, PEM, one of which must vouch for the node's certificate; no other is then taken.",
            ),
            key(
                "token_exchange",
                "none: the caller's own token",
                "`node`: what a caller's token is exchanged for (RFC 8693) before the node is shown it: `{ endpoint = \"https://login.example.org/token\", client_id = \"gateway\", client_secret_file = \"client.secret\", audience = \"jz36\", scope = \"regiograph\" }`; `audience` and `scope` may be left out, and `ca_file` names the authorities, PEM, one of which must vouch for the endpoint, in place of public ones. The secret's file is refused where others than its owner may read it.",
            ),
            key(
                "holder",
                "none: needed",
                "Who holds it, by code: `{ region = \"JZ36\" }`, `{ provider = \"ALMATA\" }`, `{ partnership = \"VO3001\" }` or `{ network = \"BEN\" }`.",
            ),
            key("datasets", "none: needed", "What it holds, by type name: `[\"Placement\", \"CapacityReport\"]`."),
            key(
                "deadline",
                "`\"2s\"`",
                "How long it may take to answer; from 1 ms to 25 s, within the 30 s of a request.",
            ),
            key(
                "concurrency",
                "`4`",
                "The most questions that it answers at the same time, each on a thread (`sqlite`) or a connection (`postgres`) of its own; from 1 to 64.",
            ),
            key(
                "retries",
                "`2`",
                "How often a question is put again where the source could not be reached, after a wait of chance and within its deadline; 5 at most. No more than one for ten questions that were answered. A node is asked again only where it took no connection: it asks its own sources again itself.",
            ),
            key(
                "breaker_failures",
                "`5`",
                "After how many failures in a row (not reached, or no rows in time) the source is left alone for a while; 32 at most, 0 for never. Left alone, too, after 16 of the last 32.",
            ),
            key(
                "breaker_pause",
                "`\"1s\"`",
                "For how long it is left alone; twice as long after each failure that follows, up to a minute; from 100 ms to 60 s. Then one question finds out whether it answers again.",
            ),
            key(
                "in_flight",
                "`256`",
                "The most questions that it may have at the same time, those that wait for their turn among them; one more is not asked. From 1 to 10,000.",
            ),
            key(
                "mapping",
                "none",
                "How datasets stand there that do not stand as the contract says: the next section.",
            ),
        ],
    },
    Section {
        header: "[[source.mapping]]",
        doc: "How the tables of a source's own say what a dataset's do. Several of one dataset are put together. See `docs/mapping.md`.",
        keys: &[
            key("dataset", "none: needed", "Which dataset, by type name; the source holds it."),
            key(
                "from",
                "none: needed",
                "The table, such as `\"jeugdhulp\"` or `\"schema.jeugdhulp\"`; called `m` in this section.",
            ),
            key(
                "join",
                "`[]`",
                "Tables of which at most one row stands beside each row of the first: `{ table = \"client\", as = \"c\", on = { client_id = \"c.id\" } }`.",
            ),
            key(
                "columns",
                "none: needed",
                "Per column of the contract where it comes from: a column (`\"started\"`, `\"c.born\"`), `{ constant = \"JZ36\" }`, or `{ column = ... }` with one form: `codes` and `default`, `prefix`, `times`, `divided_by` and `plus`, `format` and `unknown_day`, or `true` and `false`; `stored` says whether as `text`, `integer` or `decimal`. What is left out is null.",
            ),
        ],
    },
    Section {
        header: "[[gateway]]",
        doc: "Another gateway that may ask this one for its sources, at `/node`; one such section each. Without one nothing is found there. What its callers may see is for this gateway's own policy to say.",
        keys: &[
            key("name", "none: needed", "How the other gateway calls itself: the `gateway` of its source."),
            key(
                "key_file",
                "none: needed",
                "A file with the key that both share, and no one else: 32 bytes at random, hexadecimal or base64; refused where others than its owner may read it.",
            ),
            key("sources", "none: needed", "The sources that it may ask, by their names here."),
            key(
                "vouches_for_relations",
                "`false`",
                "Is its word taken for which youths stand in a care relation of a caller? Else this gateway finds out by its own sources.",
            ),
            key(
                "releases",
                "`false`",
                "May it read rows for the protected tables of releases, and compare the sources with the contract? For that there is no caller whose rights could be asked.",
            ),
        ],
    },
];

pub(super) fn to_markdown() -> String {
    let mut text = String::from(
        "# Configuration\n\nA TOML file, given as `--config`. Unknown keys are refused. Paths are relative to the file. \
         Durations are written as `\"2s\"` or `\"500ms\"`.\n",
    );
    for section in SECTIONS {
        let title = match section.header {
            "" => "Keys before all sections".to_owned(),
            header => format!("`{header}`"),
        };
        text.push_str(&format!("\n## {title}\n\n{}\n\n| key | default | meaning |\n|---|---|---|\n", section.doc));
        for Key { name, default, doc } in section.keys {
            text.push_str(&format!("| `{name}` | {default} | {doc} |\n"));
        }
    }
    text
}
