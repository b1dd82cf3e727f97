//! A credential is good for one message, one gateway, a minute and once; a pseudonym for one link.

use chrono::TimeDelta;

use super::*;
use crate::{opaque::GatewayId, secret_file::SecretFile};

const BODY: &[u8] = b"{\"ask\":1}";
const THROUGH: [GatewayId; 1] = [GatewayId::new([7; 16])];
const TOKEN: Option<&str> = Some("Bearer a.b.c");

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_760_000_000, 0).unwrap()
}

fn link(byte: u8) -> Link {
    let mut key = [byte; 32];
    key[0] = 0;
    Link::from_key(&key)
}

fn message() -> Message<'static> {
    Message { body: BODY, authorization: TOKEN, kind: As::Someone, through: &THROUGH }
}

fn sent(kind: As) -> Result<Sent, Unknown> {
    Ok(Sent { kind, through: THROUGH.to_vec() })
}

#[test]
fn a_credential_is_good_for_its_message_once() {
    let (gateway, node) = (link(7), link(7));
    let credential = gateway.sign("national", &message(), [1; 16], now());
    assert_eq!(gateway_of(&credential).as_deref(), Some("national"));
    assert_eq!(node.verify("national", &credential, (BODY, TOKEN), now()), sent(As::Someone));
    assert_eq!(node.verify("national", &credential, (BODY, TOKEN), now()), Err(Unknown), "again");
    let release = Message { authorization: None, kind: As::Release, ..message() };
    let credential = gateway.sign("national", &release, [2; 16], now());
    assert_eq!(node.verify("national", &credential, (BODY, None), now()), sent(As::Release));
}

#[test]
fn anything_else_than_what_was_signed_is_refused() {
    let node = link(7);
    let sign = |by: &Link, name: &str| by.sign(name, &message(), [1; 16], now());
    let good = sign(&node, "national");
    let mut changed = good.clone().into_bytes();
    changed[60] ^= 1;
    let changed = String::from_utf8_lossy(&changed).into_owned();
    let (header, rest) = good.split_once('.').unwrap();
    let unsigned = format!("{}.{}.", "eyJhbGciOiJub25lIn0", rest.split_once('.').unwrap().0);
    let later = |seconds| now() + TimeDelta::seconds(seconds);
    for (credential, sent, moment) in [
        (&sign(&link(8), "national"), (BODY, TOKEN), now()),
        (&sign(&node, "regional"), (BODY, TOKEN), now()),
        (&good, (b"{\"ask\":2}".as_slice(), TOKEN), now()),
        (&good, (BODY, Some("Bearer a.b.d")), now()),
        (&good, (BODY, None), now()),
        (&good, (BODY, TOKEN), later(91)),
        (&good, (BODY, TOKEN), later(-31)),
        (&changed, (BODY, TOKEN), now()),
        (&unsigned, (BODY, TOKEN), now()),
        (&header.to_owned(), (BODY, TOKEN), now()),
        (&String::new(), (BODY, TOKEN), now()),
        (&"a".repeat(10_000), (BODY, TOKEN), now()),
    ] {
        assert_eq!(node.verify("national", credential, sent, moment), Err(Unknown));
    }
    assert!(node.verify("national", &good, (BODY, TOKEN), later(29)).is_ok(), "no refusal has used it up");
    let with_token = node.sign("national", &Message { kind: As::Release, ..message() }, [2; 16], now());
    assert_eq!(node.verify("national", &with_token, (BODY, TOKEN), now()), Err(Unknown), "a release for a caller");
}

#[test]
fn a_pseudonym_means_something_on_its_own_link_alone() {
    let (a, b) = (link(7), link(8));
    let sealed = a.youths().seal("Y-1");
    assert_eq!(sealed, link(7).youths().seal("Y-1"), "it is always the same");
    assert!(sealed != b.youths().seal("Y-1") && !sealed.contains("Y-1"));
    assert_eq!((a.youths().open(&sealed).as_deref(), b.youths().open(&sealed)), (Some("Y-1"), None));
}

#[test]
fn a_key_is_read_from_a_file_of_its_owner_and_never_printed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("link.key");
    let write = |text: &str| std::fs::write(&path, text).unwrap();
    write(&"0123456789abcdef".repeat(4));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Link::from_file(&path), Err(NoKey::File(SecretFile::Exposed { .. }))));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert_eq!(format!("{:?}", Link::from_file(&path).unwrap()), "Link(..)");
    write("a secret that is no key");
    let refused = Link::from_file(&path).unwrap_err().to_string();
    assert!(refused.contains("link.key does not hold a key") && !refused.contains("a secret"), "{refused}");
    write(&"00".repeat(32));
    assert!(matches!(Link::from_file(&path), Err(NoKey::Guessable { .. })));
}
