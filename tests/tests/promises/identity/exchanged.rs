//! The endpoint where tokens are exchanged is believed where an authority that is trusted vouches for it, and not otherwise.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use regiograph::{
    app::{Foundation, World},
    source::{Failure, Kept, node::exchange::Exchange},
};
use regiograph_tests::issuer::{CERTIFICATE, Encrypted, Issuer, Key};

/// What exchanges tokens for the one node of a configuration in this folder.
fn exchange(folder: &Path, endpoint: &str, more: &str) -> Result<Arc<dyn Exchange>, String> {
    let source = format!(
        "[[source]]\nname = \"jz36\"\nkind = \"node\"\nurl = \"https://node.example\"\ngateway = \"national\"\n\
         key_file = \"node.key\"\nholder = {{ region = \"JZ36\" }}\ndatasets = [\"Placement\"]\n\
         token_exchange = {{ endpoint = \"{endpoint}/token\", client_id = \"gateway\", client_secret_file = \"client.secret\", \
         audience = \"node\"{more} }}\n"
    );
    let secrets = [("node.key", "0123456789abcdef".repeat(4)), ("client.secret", "open sesame".to_owned())];
    for (name, text) in secrets {
        fs::write(folder.join(name), text).expect("the folder takes files");
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o600)).expect("the file is ours");
    }
    let file = folder.join("regiograph.toml");
    fs::write(&file, source).expect("the folder takes files");
    let foundation = Foundation::read(Some(&file), World::real()).expect("the configuration holds");
    let setup = foundation.setup().map_err(|error| error.to_string())?;
    match &setup.sources[0].kept {
        Kept::Node(node) => Ok(Arc::clone(node.exchange.as_ref().expect("the source has one"))),
        Kept::Database(_) => Err("a node is no database".to_owned()),
    }
}

#[tokio::test]
async fn tokens_are_exchanged_where_an_authority_of_its_own_vouches_for_the_issuer() {
    let key = Key::ed25519("1", 1);
    let issuer = Issuer::showing(&[&key]).await;
    issuer.exchange_with(&key);
    let encrypted = Encrypted::before(&issuer).await;
    let folder = tempfile::tempdir().expect("there is room for a folder");
    fs::write(folder.path().join("ca.pem"), CERTIFICATE).expect("the folder takes files");
    let token = key.sign(&issuer.claims(World::real().clock.now()));
    let own = exchange(folder.path(), encrypted.url(), ", ca_file = \"ca.pem\"").expect("the gateway can be made");
    let made = own.exchanged(&token).await.expect("the issuer is believed");
    assert!(*made != *token && issuer.exchanges().len() == 1);
    let public = exchange(folder.path(), encrypted.url(), "").expect("the gateway can be made");
    assert_eq!(public.exchanged(&token).await, Err(Failure::Unreachable), "no public authority vouches for it");
    assert_eq!(issuer.exchanges().len(), 1, "nobody who was not believed was shown a token");
    let refused = exchange(folder.path(), encrypted.url(), ", ca_file = \"gone.pem\"").err().unwrap_or_default();
    assert!(refused.contains("token_exchange: ca_file: ") && refused.contains("gone.pem"), "{refused}");
}
