//! What is written is read; what is wrong is said with file, line, source and key.

use super::*;

const EXAMPLE: &str = include_str!("../../../regiograph.example.toml");

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, Path::new("etc/regiograph.toml"))
}

#[test]
fn the_example_is_what_goes_without_saying() {
    let example = Config::parse(EXAMPLE, Path::new("regiograph.example.toml")).unwrap();
    assert_eq!(Config { sources: Vec::new(), ..example.clone() }, Config::default());
    let source = &example.sources[0];
    assert_eq!((&*source.name, &source.holder), ("almata", &Holder::Provider("ALMATA".into())));
    assert_eq!(source.datasets[0].name, "Placement");
    let shorter = EXAMPLE.replace(
        "deadline = \"2s\"\nconcurrency = 4\nretries = 2\nbreaker_failures = 5\nbreaker_pause = \"1s\"\nin_flight = 256\n",
        "",
    );
    assert_eq!(Config::parse(&shorter, Path::new("regiograph.example.toml")).unwrap(), example);
    let with_auth = EXAMPLE.lines().map(|line| {
        let commented = ["# [[issuer]]", "# issuer", "# audience", "# lifetime_max", "# leeway"];
        let is_auth = commented.iter().any(|start| line.starts_with(start));
        format!("{}\n", if is_auth { &line[2..] } else { line })
    });
    let issuers = Config::parse(&with_auth.collect::<String>(), Path::new("x.toml")).unwrap().issuers;
    assert_eq!((&*issuers[0].audience, issuers[0].leeway), ("regiograph", Duration::from_secs(5)));
    assert_eq!((issuers.len(), issuers[0].lifetime_max), (1, Duration::from_secs(3600)));
}

#[test]
fn an_empty_file_is_the_demonstrations_with_paths_of_its_own() {
    let config = parse("").unwrap();
    assert_eq!(config.data_dir, Path::new("etc/data"));
    assert_eq!(config.keys.master_file, Path::new("etc/data/master.key"));
    let config = parse("data_dir = \"/var/lib/regiograph\"\n[keys]\nmaster_file = \"secret/key\"").unwrap();
    assert_eq!(config.data_dir, Path::new("/var/lib/regiograph"));
    assert_eq!(config.keys.master_file, Path::new("etc/secret/key"));
    let source = EXAMPLE[EXAMPLE.find("[[source]]").unwrap()..].to_owned();
    assert_eq!(parse(&source).unwrap().sources[0].database, Database::Sqlite("etc/sources/almata.sqlite".into()));
}

#[test]
fn a_source_says_where_it_stands() {
    let text = EXAMPLE.replacen("path = \"sources/almata", "path  = \"sources/almata", 1);
    let source = parse(&text).unwrap().sources.swap_remove(0);
    let places = [&source.places.section, &source.places.database, &source.places.holder, &source.places.datasets];
    let stands = places.map(|place| {
        assert_eq!(&*place.file, "etc/regiograph.toml");
        text.lines().nth(place.line - 1).unwrap().split_at(place.column - 1)
    });
    assert_eq!(stands[0], ("", "[[source]]"));
    assert_eq!(stands[1], ("path  = ", "\"sources/almata.sqlite\""));
    assert_eq!(stands[2], ("holder = ", "{ provider = \"ALMATA\" }"));
    assert_eq!(stands[3], ("datasets = ", "[\"Placement\", \"CapacityReport\"]"));
}

#[test]
fn a_key_that_names_a_file_says_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("regiograph.toml");
    let text = "[policy]\nfile = \"policy.toml\"\n";
    std::fs::write(&path, text).unwrap();
    let located = |key| Config::locate(key, Some(&path)).replace(&*path.display().to_string(), "it");
    assert_eq!(located(FileKey::Policy), "it:2:8: policy.file");
    assert_eq!(Config::locate(FileKey::Policy, None), "policy.file");
}

#[test]
fn a_file_is_only_read_where_one_is_named() {
    assert_eq!(Config::load(None).unwrap(), None);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("regiograph.toml");
    let refused = Config::load(Some(&path)).unwrap_err().to_string();
    assert!(refused.starts_with("cannot read ") && refused.contains("regiograph.toml"), "{refused}");
    std::fs::write(&path, "listen = \"[::1]:80\"").unwrap();
    let config = Config::load(Some(&path)).unwrap().unwrap();
    assert_eq!(config.listen_within(None).unwrap().to_string(), "[::1]:80");
    assert_eq!(config.listen_within(Some("0.0.0.0:9")).unwrap().to_string(), "0.0.0.0:9");
    assert!(matches!(config.listen_within(Some("localhost")), Err(ConfigError::Listen)));
}

/// Where the rows of the example's first source are.
const FILE: &str = "path = \"sources/almata.sqlite\"\n";
const SQLITE: &str = "kind = \"sqlite\"\npath = \"sources/almata.sqlite\"";

#[test]
fn an_address_is_read_from_where_it_is_kept_and_not_printed() {
    let database = |keys: &str| {
        let text = EXAMPLE.replacen(SQLITE, &format!("kind = \"postgres\"\n{keys}"), 1);
        parse(&text).unwrap().sources.swap_remove(0).database
    };
    let of = |address, schema: Option<&str>| Database::Postgres { address, schema: schema.map(Into::into) };
    let file = database("url_file = \"secret/url\"\nschema = \"care\"");
    assert_eq!(file, of(Address::File("etc/secret/url".into()), Some("care")));
    assert_eq!(database("url_env = \"CARE_URL\""), of(Address::Environment("CARE_URL".into()), None));
    let given = database("url = \"postgres://user:secret@host/care\"");
    assert!(
        matches!(&given, Database::Postgres { address: Address::Given(url), .. } if url.reveal().contains("secret"))
    );
    assert_eq!(format!("{given:?}"), "Postgres { address: Given(Hidden(..)), schema: None }");
    let store = |keys: &str| parse(&format!("[store]\n{keys}")).unwrap().store.unwrap().database;
    assert_eq!(store("kind = \"sqlite\""), Database::Sqlite("etc/data/store.sqlite".into()));
    assert_eq!(store("kind = \"postgres\"\nurl_file = \"url\""), of(Address::File("etc/url".into()), None));
}

#[test]
fn a_node_stands_where_a_database_stood() {
    let keys = "url = \"https://node.example/care/\"\ngateway = \"national\"\nkey_file = \"keys/node\"";
    let node = |keys: &str| {
        let text = EXAMPLE.replacen(SQLITE, &format!("kind = \"node\"\n{keys}"), 1);
        match parse(&text).unwrap().sources.swap_remove(0).database {
            Database::Node(node) => node,
            other => panic!("{other:?}"),
        }
    };
    let expected = Node {
        endpoint: "https://node.example/care/node".parse().unwrap(),
        remote: None,
        gateway: "national".into(),
        key_file: "etc/keys/node".into(),
        ca_file: None,
        token_exchange: None,
    };
    assert_eq!(node(keys), expected);
    let more = node(&format!("{keys}\nremote = \"monitor\"\nca_file = \"ca.pem\""));
    assert_eq!(more, Node { remote: Some("monitor".into()), ca_file: Some("etc/ca.pem".into()), ..expected });
    let exchange = "token_exchange = { endpoint = \"https://login.example/token\", client_id = \"gateway\", \
                    client_secret_file = \"secret\", audience = \"monitor\", ca_file = \"ca.pem\" }";
    let exchange = node(&format!("{keys}\n{exchange}")).token_exchange.unwrap();
    assert_eq!(
        (&*exchange.client_secret_file, exchange.audience.as_deref()),
        (Path::new("etc/secret"), Some("monitor"))
    );
    assert_eq!(exchange.ca_file.as_deref(), Some(Path::new("etc/ca.pem")));
}

/// The least of an issuer.
const ISSUER: &str = "[[issuer]]\nissuer = \"https://login.example.org\"\naudience = \"regiograph\"\n";

#[test]
fn what_is_wrong_with_an_issuer_is_said_with_line_and_key() {
    let refused = |from: &str, to: &str| parse(&EXAMPLE.replacen(from, to, 1)).unwrap_err().to_string();
    insta::assert_snapshot!(
        [
            refused("# [[issuer]]", "[[issuer]]"),
            refused("# [[issuer]]", "[[issuer]]\nissuer = \"\""),
            refused("# [[issuer]]", "[[issuer]]\nissuer = \"http://login.example.org\"\naudience = \"a\""),
            refused("# [[issuer]]", &format!("{ISSUER}algorithms = [\"HS256\"]")),
            refused("# [[issuer]]", &format!("{ISSUER}algorithms = []")),
            refused("# [[issuer]]", &format!("{ISSUER}lifetime_max = \"7h\"")),
            refused("# [[issuer]]", &format!("{ISSUER}public_key_file = \"a\"\nca_file = \"b\"")),
            refused("# [[issuer]]", &format!("{ISSUER}claims = {{ role = {{ constant = \"ministry\" }} }}")),
            refused("# [[issuer]]", &format!("{ISSUER}claims = {{ role = 5 }}")),
            refused("# [[issuer]]", &format!("{ISSUER}claims = {{ roles = \"roles\" }}")),
            refused("# [[issuer]]", &format!("{ISSUER}roles = []\n{ISSUER}")),
            refused("# [[issuer]]", &format!("{ISSUER}{}", ISSUER.replace("org", "com"))),
        ]
        .join("\n")
    );
}

#[test]
fn the_audit_log_is_kept_for_five_years_at_least() {
    for log in ["events", "processings"] {
        let kept = |time: &str| parse(&format!("[audit]\n{log} = \"{time}\"\n"));
        for time in ["5y", "1827d", "100y"] {
            assert!(kept(time).is_ok(), "{time}");
        }
        for time in ["31d", "4y", "1826d", "101y"] {
            let refused = kept(time).map(|_| ()).unwrap_err().to_string();
            assert!(refused.contains("years at ") && refused.contains("2:"), "{refused}");
        }
    }
    let default = parse("").unwrap().audit;
    assert!(default.events >= Duration::from_secs(LEAST_YEARS * 365 * 86_400), "when left out");
}

#[test]
fn what_is_wrong_is_said_with_file_line_source_and_key() {
    let refused = |from: &str, to: &str| {
        assert!(EXAMPLE.contains(from), "{from}");
        parse(&EXAMPLE.replacen(from, to, 1)).unwrap_err().to_string()
    };
    let second = "[[source]]\nname = \"almata\"\nkind = \"sqlite\"\npath = \"x\"\nholder = { region = \"JZ36\" }\n\
                  datasets = [\"Placement\"]\n";
    insta::assert_snapshot!(
        [
            refused("listen", "lisen"),
            refused("127.0.0.1:8080", "localhost"),
            refused("page_max = 1000", "page_max = 1001"),
            refused("page_max = 1000", "page_max = -1"),
            refused("page_max = 1000", "page_max = 10"),
            refused("page_max = 1000", "page_maximum = 10"),
            refused("[limits]", "[limit]"),
            refused("kind = \"sqlite\"", "kind = \"oracle\""),
            refused("kind = \"sqlite\"", "kid = \"sqlite\""),
            refused("path = \"sources/almata.sqlite\"\n", ""),
            refused("{ provider = \"ALMATA\" }", "{}"),
            refused("{ provider = \"ALMATA\" }", "{ provider = \"\" }"),
            refused("{ provider = \"ALMATA\" }", "{ province = \"ALMATA\" }"),
            refused("{ provider = \"ALMATA\" }", "{ provider = \"ALMATA\", region = \"JZ36\" }"),
            refused("[\"Placement\", \"CapacityReport\"]", "[]"),
            refused("[\"Placement\", \"CapacityReport\"]", "[\"Placement\", \"Placement\"]"),
            refused("\"2s\"", "\"2 parsecs\""),
            refused("\"2s\"", "\"2h\""),
            refused("\"2s\"", "2"),
            refused("\"31d\"", "\"36h\""),
            refused("cut_off", "cutoff"),
            refused("concurrency = 4", "concurrency = 0"),
            refused("concurrency = 4", "concurrency = 4 4"),
            refused("name = \"almata\"", "name = \"Almata\""),
            refused("concurrency = 4\n", second),
            refused(FILE, ""),
            refused(FILE, "url_env = \"DATABASE_URL\""),
            refused("kind = \"sqlite\"", "kind = \"postgres\""),
            refused(SQLITE, "kind = \"postgres\""),
            refused(SQLITE, "kind = \"postgres\"\nurl_file = \"url\"\nurl_env = \"URL\""),
            refused(SQLITE, "kind = \"postgres\"\nurl_file = \"url\"\npath = \"x\""),
            refused(SQLITE, "kind = \"postgres\"\nurl = 5"),
            refused(SQLITE, "kind = \"postgres\"\nurl_file = \"url\"\nschema = \"a\\\"b\""),
            refused("[limits]", "[store]\nkind = \"postgres\"\n[limits]"),
            refused("[limits]", "[store]\nkind = \"sqlite\"\nurl = \"postgres://user:secret@host\"\n[limits]"),
            refused(SQLITE, "kind = \"node\"\nurl = \"https://node.example\"\ngateway = \"national\""),
            refused(SQLITE, "kind = \"node\"\nkey_file = \"x\"\nurl = \"http://node.example\"\ngateway = \"a\""),
            refused(SQLITE, "kind = \"node\"\nkey_file = \"x\"\nurl = \"https://node.example\"\ngateway = \"A\""),
            refused(SQLITE, "kind = \"node\"\nschema = \"care\""),
            refused(SQLITE, "kind = \"postgres\"\nurl_file = \"url\"\nkey_file = \"x\""),
            refused("[limits]", "[store]\nkind = \"node\"\n[limits]"),
            refused("retries = 2", "retries = 6"),
            refused("breaker_failures = 5", "breaker_failures = 33"),
            refused("breaker_pause = \"1s\"", "breaker_pause = \"2m\""),
            refused("in_flight = 256", "in_flight = 0"),
        ]
        .join("\n")
    );
    let unknown = refused("[\"Placement\", \"CapacityReport\"]", "[\"Placements\"]");
    assert!(unknown.contains("source `almata`: datasets: unknown dataset `Placements`, expected one of "), "{unknown}");
}

#[test]
fn a_gateway_that_may_ask_is_told_of_as_a_whole_or_not_at_all() {
    let gateway = "[[gateway]]\nname = \"national\"\nkey_file = \"keys/national.key\"\nsources = [\"almata\"]\n";
    let listed = parse(&format!("{EXAMPLE}\n{gateway}")).unwrap().gateways.swap_remove(0);
    assert_eq!((&*listed.name, &*listed.key_file), ("national", Path::new("etc/keys/national.key")));
    assert_eq!(listed.sources, vec!["almata".into()]);
    assert!(!listed.vouches_for_relations && !listed.releases, "nothing is granted unless it is said");
    let refused = |text: &str| parse(&format!("{EXAMPLE}\n{text}")).unwrap_err().to_string();
    let unknown = refused(&gateway.replace("almata", "amata"));
    assert!(unknown.ends_with("gateway `national`: sources: there is no source of that name here"), "{unknown}");
    assert!(refused(&gateway.repeat(2)).ends_with("name: another gateway bears it too"));
    assert!(refused(&gateway.replace("sources = [\"almata\"]\n", "")).ends_with("missing field `sources`"));
}

#[test]
fn every_key_is_in_the_reference() {
    for section in reference::SECTIONS {
        let within = match section.header {
            it if it.contains("source.") => "[[source]]\n",
            it if it.contains("issuer.") => "[[issuer]]\n",
            _ => "",
        };
        let text = format!("{within}{}\nno_such_key = 1", section.header);
        let refusal = parse(&text).unwrap_err().to_string();
        let known: Vec<_> = refusal.split('`').skip(3).step_by(2).collect();
        let mut said: Vec<_> = section.keys.iter().map(|key| key.name).collect();
        if section.header.is_empty() {
            said.extend(
                reference::SECTIONS
                    .iter()
                    .map(|it| it.header.trim_matches(['[', ']']))
                    .filter(|it| !it.is_empty() && !it.contains('.')),
            );
        }
        assert_eq!(known[..], said[..], "{refusal}");
    }
}

#[test]
fn the_reference_reads_well() {
    insta::assert_snapshot!(Config::reference());
}

#[test]
fn what_is_wrong_with_a_mapping_is_said_with_line_and_key() {
    const WAREHOUSE: &str = include_str!("../../../examples/warehouse/regiograph.toml");
    assert_eq!(parse(WAREHOUSE).unwrap().sources[0].mappings.len(), 2);
    let refused = |from: &str, to: &str| {
        assert!(WAREHOUSE.contains(from), "{from}");
        parse(&WAREHOUSE.replacen(from, to, 1)).unwrap_err().to_string()
    };
    insta::assert_snapshot!(
        [
            refused("youth_key_file = \"youth.key\"\n", ""),
            refused("dataset = \"Referral\"", "dataset = \"Placement\""),
            refused("from = \"verzoek\"", "form = \"verzoek\""),
            refused("\"j.nr\"", "\"k.nr\""),
            refused("youth = \"j.pseudoniem\"", "youht = \"j.pseudoniem\""),
            refused("youth = \"j.pseudoniem\"", ""),
            refused("\"08\" = \"COURT\"", "\"08\" = \"JUDGE\""),
            refused("times = 2 }", "times = 0 }"),
            refused("times = 2 }", "tims = 2 }"),
            refused("format = \"dd-MM-yyyy\"", "format = \"d/M/yy\""),
            refused("true = [\"J\"]", "true = [\"N\"]"),
            refused("{ constant = \"JZ36\" }", "{ constant = 36 }"),
            refused("prefix = \"GM\"", "prefix = \"GM\", times = 2"),
        ]
        .join("\n")
    );
}
