//! Of the reference, the sections on what may be asked, and how.

use super::{Section, key};

pub(super) const LIMITS: Section = Section {
    header: "[limits]",
    doc: "What one request may ask.",
    keys: &[
        key("page_max", "`1000`", "The most rows of a page: the highest `first` and `last`; 1,000 at most."),
        key("page_default", "`50`", "The rows of a page where neither `first` nor `last` is given."),
        key("query_bytes", "`65536`", "The longest query, in bytes; from 1,000 to 1,000,000."),
        key("tokens", "`10000`", "The most words and signs of a query (its lexical tokens); from 100 to 100,000."),
        key("depth", "`20`", "How deep fields may stand in fields; from 3 to 100."),
        key("aliases", "`100`", "The most aliases in a query; 10,000 at most."),
        key("directives", "`10`", "The most directives on one field; from 1 to 100."),
        key("nodes", "`100`", "The most ids in one `nodes(ids:)`; from 1 to 1,000."),
        key(
            "operation_cost",
            "`5000000`",
            "The most that one operation may cost (see [limits](limits.md)); `public` has a fifth.",
        ),
        key(
            "minute_cost",
            "`50000000`",
            "The most that the operations of one consumer (organisation, role and purpose; of `public` one address) may cost in a minute; `public` has a fifth.",
        ),
        key("roles", "none", "What goes for single roles instead: the next section."),
    ],
};

pub(super) const LIMITS_OF_ROLE: Section = Section {
    header: "[limits.roles.public]",
    doc: "What goes for one role instead, here for `public`. What it does not say is as for every role.",
    keys: &[
        key("operation_cost", "as in `[limits]`, of `public` a fifth", "The most that one operation may cost."),
        key(
            "minute_cost",
            "as in `[limits]`, of `public` a fifth",
            "The most that the operations of one consumer may cost in a minute.",
        ),
        key("introspection", "`true`, of `public` `false`", "May the schema be asked for?"),
    ],
};

pub(super) const DOCUMENTS: Section = Section {
    header: "[documents]",
    doc: "Documents that are asked for by their hash (SHA-256), as `documentId` or as clients of automatic persisted queries do.",
    keys: &[
        key("dir", "none", "A folder whose files `*.graphql` are trusted documents, read at the start and at SIGHUP."),
        key("required_for", "none", "The roles that are answered trusted documents only, such as `[\"public\"]`."),
        key(
            "persisted",
            "`false`",
            "Are documents kept that clients send with their hash (automatic persisted queries)? 1,024 at most, in memory, of 16 KiB at most, for all roles together.",
        ),
    ],
};

pub(super) const HTTP: Section = Section {
    header: "[http]",
    doc: "How the gateway is called outside, how many connections there may be, which pages of other sites may ask, and whose word is taken for where a client is and which certificate it showed.",
    keys: &[
        key(
            "public_origins",
            "none",
            "How clients call this gateway, such as `[\"https://api.example.org\"]`: scheme, host and port. Proofs that a token is its sender's own (DPoP) are good for these addresses alone; without one, tokens that are bound to a key are refused.",
        ),
        key(
            "cors",
            "none",
            "The origins whose pages may ask `/graphql` and read its answers, such as `[\"https://portal.example.org\"]`. Never all, and never with cookies.",
        ),
        key(
            "trusted_proxies",
            "none",
            "The proxies, by address or network (`\"10.0.0.0/8\"`), whose `X-Forwarded-For` says where a client is. Where a client is counts for what the public may ask in a minute, stays in memory, and is never logged.",
        ),
        key(
            "client_certificates",
            "`false`",
            "Do those proxies end TLS, and say in the header `Client-Cert` (RFC 9440) which certificate a client has shown? Then tokens that are bound to one (`cnf.x5t#S256`, RFC 8705) are taken from who shows it. The proxy must take the header out of what clients send. From anyone else it is never believed.",
        ),
        key(
            "hsts",
            "`\"0s\"`: not said",
            "For how long browsers are told to come back by HTTPS alone; for a gateway behind a proxy that ends TLS, such as `\"365d\"`.",
        ),
        key(
            "connections",
            "`4096`",
            "The most connections at a time, WebSockets among them; from 16 to 1,000,000. Beyond it the one that has waited the longest without a request is closed. Keep it below the file descriptors of the process.",
        ),
        key(
            "connections_per_address",
            "`256`",
            "The most connections of one client address (of IPv6 its /64) at a time; from 4 to 1,000,000. One more is closed at once. For trusted proxies it does not go; where many users come from one address, set it higher.",
        ),
    ],
};
