//! What the configuration says of issuers: `check` asks them, reading it again keeps what they showed, and with an issuer
//! of its own the program makes no token.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use regiograph::{
    app::{
        App, Foundation, Served, World,
        commands::{self, Who},
    },
    http::Gateway as _,
};
use regiograph_tests::issuer::{CERTIFICATE, Issuer, Key};

use super::issuers::with;

struct Configured {
    folder: tempfile::TempDir,
    file: PathBuf,
}

impl Configured {
    fn with(sections: &str) -> Self {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let file = folder.path().join("regiograph.toml");
        let configured = Self { folder, file };
        configured.write(sections);
        configured
    }

    fn write(&self, sections: &str) {
        fs::write(&self.file, sections).expect("the folder takes files");
    }

    fn foundation(&self) -> Foundation {
        Foundation::read(Some(&self.file), World::real()).expect("the configuration holds")
    }

    async fn check(&self) -> (usize, String) {
        let checked = commands::check(&self.foundation()).await.expect("the gateway can be made");
        (checked.faults, checked.report.replace(&format!("{}/", self.folder.path().display()), ""))
    }
}

#[tokio::test]
async fn check_asks_every_issuer_and_says_what_is_wrong() {
    let issuer = Issuer::showing(&[&Key::ed25519("1", 1), &Key::p256("2")]).await;
    let configured = Configured::with(&issuer.section(""));
    let (faults, report) = configured.check().await;
    assert_eq!(faults, 0, "{report}");
    assert!(report.contains(&format!("issuer `{}`: 2 keys\n", issuer.url())), "{report}");
    let wrong = format!("regiograph.toml:1:1: issuer `{}`: ", issuer.url());
    issuer.call_itself("https://login.example.org");
    let (faults, report) = configured.check().await;
    assert!(faults == 1 && report.contains(&format!("{wrong}it says that it is another issuer\n")), "{report}");
    issuer.is_down(true);
    assert!(configured.check().await.1.contains(&format!("{wrong}it answers with HTTP status 503\n")));
    drop(issuer);
    tokio::task::yield_now().await;
    let (faults, report) = configured.check().await;
    assert!(faults == 1 && report.contains("it cannot be reached"), "{report}");
    configured.write(&with_unknown_role());
    let refused = configured.foundation().setup().err().map(|it| it.to_string()).unwrap_or_default();
    assert!(refused.ends_with("roles: the policy has no role `admin` that tokens are for"), "{refused}");
}

fn with_unknown_role() -> String {
    "[[issuer]]\nissuer = \"https://login.example.org\"\naudience = \"regiograph\"\nroles = [\"admin\"]\n".to_owned()
}

#[tokio::test]
async fn what_an_issuer_showed_is_kept_while_its_section_says_the_same_of_its_keys() {
    let key = Key::ed25519("1", 1);
    let issuer = Issuer::showing(&[&key]).await;
    let configured = Configured::with(&issuer.section(""));
    let foundation = configured.foundation();
    let app = App::start(foundation.setup().expect("keys can be made")).await.expect("the gateway starts");
    let served = Served::new(app, &foundation);
    let claims = issuer.claims(foundation.world.clock.now());
    let token = format!("Bearer {}", key.sign(&claims));
    let identified = async |token: &str| {
        served.learn(Some(token)).await;
        served.authenticate(Some(token)).map(|caller| caller.role)
    };
    assert_eq!(identified(&token).await, Ok("region_analyst".into()));
    let mut nobodys = claims.clone();
    nobodys.as_object_mut().expect("claims are an object").remove("azp");
    let nobodys = served.authenticate(Some(&format!("Bearer {}", key.sign(&nobodys))));
    assert!(nobodys.is_err(), "a token says which program asked for it");
    let asked = issuer.asked();
    issuer.is_down(true);
    assert!(served.reload().await);
    assert_eq!(served.authenticate(Some(&token)).map(|it| it.role), Ok("region_analyst".into()), "kept");
    configured.write(&issuer.section("clients = [\"games\"]"));
    assert!(served.reload().await);
    assert!(served.authenticate(Some(&token)).is_err(), "and its rules are those of the file");
    let games = format!("Bearer {}", key.sign(&with(claims, &serde_json::json!({ "azp": "games" }))));
    assert!(served.authenticate(Some(&games)).is_ok());
    assert_eq!(issuer.asked(), asked);
    configured.write(&issuer.section("keys_max_age = \"2h\""));
    assert!(served.reload().await);
    assert!(identified(&token).await.is_err(), "another section, and the issuer is down");
    issuer.is_down(false);
    let app: Arc<App> = served.app();
    assert_eq!(app.authenticate(None).map(|it| it.role), Ok("public".into()));
}

#[tokio::test]
async fn with_an_issuer_no_token_is_made_here() {
    let configured = Configured::with(&with_unknown_role().replace("roles = [\"admin\"]\n", ""));
    let refused = commands::token(&configured.foundation(), &Who::new("ministry"), Duration::from_secs(60)).await;
    let refused = refused.err().map(|it| it.to_string()).unwrap_or_default();
    assert!(refused.contains("a real issuer is configured"), "{refused}");
}

#[tokio::test]
async fn authorities_that_changed_under_the_name_of_their_file_are_taken_up() {
    let key = Key::ed25519("1", 1);
    let issuer = Issuer::showing(&[&key]).await;
    let configured = Configured::with("");
    let authorities = configured.file.with_file_name("ca.pem");
    fs::write(&authorities, CERTIFICATE).expect("the folder takes files");
    configured.write(&issuer.section("ca_file = \"ca.pem\""));
    let foundation = configured.foundation();
    let app = App::start(foundation.setup().expect("keys can be made")).await.expect("the gateway starts");
    let served = Served::new(app, &foundation);
    let token = format!("Bearer {}", key.sign(&issuer.claims(foundation.world.clock.now())));
    served.learn(Some(&token)).await;
    let asked = issuer.asked();
    assert!(served.reload().await);
    assert!(served.authenticate(Some(&token)).is_ok());
    assert_eq!(issuer.asked(), asked, "what has not changed is kept");
    fs::write(&authorities, format!("{CERTIFICATE}\n{CERTIFICATE}")).expect("the folder takes files");
    assert!(served.reload().await);
    served.learn(Some(&token)).await;
    assert!(served.authenticate(Some(&token)).is_ok() && issuer.asked() > asked, "it is asked under the new ones");
}
