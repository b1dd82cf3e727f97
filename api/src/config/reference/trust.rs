//! Of the reference, the sections on whom is believed who asks, and where it is written down.

use super::{Section, key};

pub(super) const ISSUER: Section = Section {
    header: "[[issuer]]",
    doc: "Whose tokens are accepted; one such section per issuer. Without one it is the demonstration's own issuer, whose tokens the command `token` makes. See `docs/identity.md`.",
    keys: &[
        key(
            "issuer",
            "none: needed",
            "What `iss` must be in every token. Without `public_key_file` it is also the address below which the issuer tells of itself (`/.well-known/openid-configuration`): `https`, or `http` to this machine alone.",
        ),
        key("audience", "none: needed", "What `aud` must be, or hold, in every token."),
        key(
            "public_key_file",
            "none: the issuer shows its keys",
            "The issuer's one public key, PEM: Ed25519 (EdDSA), P-256 (ES256) or RSA of 2,048 bits or more (RS256, PS256). The issuer is then never asked.",
        ),
        key(
            "ca_file",
            "public authorities",
            "The authorities, PEM, one of which must vouch for the certificate of the issuer that shows its keys; no other is then taken.",
        ),
        key(
            "keys_max_age",
            "`\"24h\"`",
            "For how long the keys hold that the issuer showed last where it does not answer any more; from 1 hour to 30 days. Then its tokens are answered with 503.",
        ),
        key(
            "roles",
            "all, where there is no other issuer; else needed",
            "The roles that its tokens may have: `[\"region_analyst\"]`.",
        ),
        key(
            "algorithms",
            "`[\"RS256\", \"PS256\", \"ES256\", \"EdDSA\"]`",
            "What its tokens may be signed with; never with a secret that two share (HS256 and its like).",
        ),
        key(
            "clients",
            "all",
            "The programs whose tokens are accepted, by `azp`, `client_id` or `appid`, one of which every token must have.",
        ),
        key(
            "lifetime_max",
            "`\"1h\"`",
            "The longest time from `iat` to `exp` of a token, one hour for someone's token after the NL GOV profile for OAuth; from 1 minute to 6 hours, the profile's longest, for programs.",
        ),
        key("leeway", "`\"5s\"`", "By how much the issuer's clock may differ from ours; 30 s at most."),
        key("claims", "by their names here", "Where in its tokens stands what: the next section."),
    ],
};

pub(super) const CLAIMS: Section = Section {
    header: "[issuer.claims]",
    doc: "Where in an issuer's tokens stands what: a path such as `\"resource_access.regiograph.roles\"` (a list of names, where one has a dot in it), `{ path = \"roles\", values = { \"Regiograph.RegionAnalyst\" = \"region_analyst\" } }` where the issuer has other words, or `{ constant = \"monitoring\" }`. A list is looked through; exactly one value must remain that means something here.",
    keys: &[
        key(
            "role",
            "`\"role\"`",
            "The role. Of a list, exactly one value must be a role of the policy (or of `values`): one token, one role.",
        ),
        key("purpose", "`\"purpose\"`", "What the rows are used for."),
        key("organisation", "`\"organisation\"`", "The organisation of a role that has no code of its own."),
        key("region", "`\"region\"`", "The region of a role that has one, such as `JZ36`."),
        key("supra_region", "`\"supra_region\"`", "The supra-region, such as `ZW`."),
        key("network", "`\"network\"`", "The expertise network, such as `BEN`."),
        key("provider", "`\"provider\"`", "The provider, such as `ALMATA`."),
        key("partnership", "`\"partnership\"`", "The education partnership, such as `VO3001`."),
        key("municipality", "`\"municipality\"`", "The municipality, such as `GM0748`."),
        key("institution", "`\"institution\"`", "The certified institution, such as `GI01`."),
        key(
            "acr",
            "`\"acr\"`",
            "How sure the issuer is of who it is: what the policy asks for of some roles, such as `two-factor`.",
        ),
        key(
            "client",
            "`azp`, else `client_id`, else `appid`",
            "The program that asked for the token, for `clients` and the log.",
        ),
        key("id", "`\"jti\"`", "The token's own number; each token must have one."),
    ],
};

pub(super) const AUDIT: Section = Section {
    header: "[audit]",
    doc: "Where it is written down who was answered what, and whose data stood in it. There is always such a log; these keys say where. Without it nobody but `public` is answered.",
    keys: &[
        key("file", "`audit.sqlite` in `data_dir`", "The SQLite file of its tables."),
        key(
            "url_file",
            "none",
            "In its place a PostgreSQL database: a file with the address and nothing else; refused where others than its owner may read it.",
        ),
        key("url_env", "none", "The same: the variable of the environment that holds the address."),
        key("schema", "as the server says", "The schema in which the tables are made. It must be there."),
        key(
            "key_file",
            "`audit.key` in `data_dir`",
            "The audit key, which signs heads and encrypts data subjects: 32 bytes, hexadecimal or base64. Made on first start; refused where others than its owner may read it. The environment's `REGIOGRAPH_AUDIT_KEY` wins. `regiograph keys rotate audit` puts a new one before it; gateways that share a log share the file.",
        ),
        key(
            "heads_file",
            "`audit.heads` in `data_dir`",
            "The file that signed heads are appended to, and every few seconds the ends of the chains. Put it where whoever may change the log may not: only so shows a log that was cut together with its own heads.",
        ),
        key(
            "writer",
            "made at random in `audit.writer` in `data_dir`",
            "Whose chains this gateway appends to: a name that no other gateway on the same log bears.",
        ),
        key(
            "events",
            "`\"5y\"`",
            "How long events are kept, at least; they go by whole months (UTC). Five years at least: less is refused.",
        ),
        key("processings", "`\"5y\"`", "The same of processings."),
        key("export", "`false`", "Are processings sent to the collector of `[telemetry]` too, every one of them?"),
    ],
};
