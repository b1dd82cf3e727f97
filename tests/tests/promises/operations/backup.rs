//! A copy of the store is taken while the gateway runs, and a gateway on the copy, with the same keys, is the same gateway;
//! a store that a newer program has changed is refused.

use std::fs;

use regiograph::app::{Foundation, World, commands};
use regiograph_tests::{
    caller::As,
    gateway::{Gateway, Setup, SourceSetup},
    row,
};

const RELEASES: &str = "{ releases { period publicKey } }";

fn foundation(gateway: &Gateway) -> Foundation {
    let config = gateway.folder().join("regiograph.toml");
    fs::write(&config, "data_dir = \".\"").expect("the folder takes files");
    Foundation::read(Some(&config), World::real()).expect("the configuration holds")
}

#[tokio::test]
async fn a_copy_of_the_store_restores_the_gateway() {
    let gateway = Gateway::over([SourceSetup::of_provider("almata", "ALMATA")]).await;
    gateway.release(&["2024"]).await.expect("the release is made");
    let before = gateway.ask(&As::public(), RELEASES).await;
    let copy = gateway.folder().join("copy.sqlite");
    let said = commands::backup(&foundation(&gateway), &copy).expect("the copy is made while the gateway runs");
    assert!(said.contains("1 releases, last change m2026") && said.contains("master.key"), "{said}");
    let again = commands::backup(&foundation(&gateway), &copy).map_err(|error| format!("{error:#}"));
    assert!(again.is_err_and(|it| it.starts_with("cannot make ")), "what stands is not written over");
    gateway.release(&["2023"]).await.expect("the gateway goes on");

    let key = gateway.folder().join("release.pem");
    let restored = Setup::of([SourceSetup::of_provider("almata", "ALMATA")]).restored(&copy, &key).start().await;
    assert_eq!(restored.ask(&As::public(), RELEASES).await.data(), before.data());
}

#[tokio::test]
async fn a_store_of_a_newer_program_is_refused_in_words() {
    let gateway = Gateway::over([]).await;
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_later', 0)";
    row::execute(&gateway.store(), newer);
    let refused =
        commands::check(&foundation(&gateway)).await.expect_err("an older program does not start").to_string();
    let said = "cannot be prepared: Custom Error: a newer program has changed it (`m20991231_000001_later`)";
    assert!(refused.contains("store.sqlite") && refused.contains(said), "{refused}");
}
