//! One gateway over two sources answers.
use regiograph::{
    app::{App, Setup, World},
    auth::*,
    config::Limits,
    graphql::Request,
    http::Gateway as _,
    opaque::Master,
    policy::{Claim, Policy},
    query::Holder,
    source::sqlite::Settings,
};
use std::time::Duration;
#[tokio::test]
async fn smoke() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::real();
    let demo =
        DemoIssuer::from_file_or_create(&dir.path().join("issuer.pem"), world.clock.clone(), &world.random).unwrap();
    let policy = Policy::embedded();
    let placement = entities::by_name("Placement").unwrap();
    let mut sources = vec![];
    for (n, p) in ["ALMATA", "HORIZON"].iter().enumerate() {
        let path = dir.path().join(format!("{p}.sqlite"));
        let c = sea_orm_migration::sea_orm::Database::connect(format!("sqlite://{}?mode=rwc", path.display()))
            .await
            .unwrap();
        migration::create_tables(&c, &[placement]).await.unwrap();
        c.close().await.unwrap();
        let db = rusqlite::Connection::open(&path).unwrap();
        for i in 0..5 {
            db.execute("insert into placement (id, youth, youth_key, region, unit, municipality, authorisation, urgent, started_on, outside_region, updated_at, updated_on) values (?,?,1,'JZ36','ALMATA-OSS-1','GM0748','6.1.2',?,?,0,'2025-01-01 00:00:00','2025-01-01')", rusqlite::params![i, format!("youth{}", i % 3), i % 2, format!("2025-0{}-1{}", i + 1, n)]).unwrap();
        }
        sources.push(Settings::new(&p.to_lowercase(), Holder::Provider((*p).into()), path, vec![placement]));
    }
    let mint = |role, claim, code| {
        demo.token(
            &Wanted {
                role,
                scopes: &[(claim, code)],
                organisation: None,
                purpose: "monitoring",
                ttl: Duration::from_secs(60),
            },
            &policy,
            &|_, _| true,
            &world.random,
        )
        .unwrap()
    };
    let token = mint("certified_institution", Claim::Institution, "GI01");
    let token2 = mint("provider", Claim::Provider, "ALMATA");
    let token3 = mint("region_analyst", Claim::Region, "JZ36");
    let issuer = demo.issuer(Duration::ZERO);
    let app = App::start(Setup {
        store: dir.path().join("store.sqlite"),
        sources,
        policy,
        master: Master::from_file_or_create(&dir.path().join("master.key"), &world.random).unwrap(),
        issuer,
        limits: Limits::default(),
        demonstration: None,
        world,
    })
    .await
    .unwrap();
    for (t, q) in [
        (
            &token,
            "{ viewer { role grants { dataset rule tier monthsOnly } } placements { totalCount nodes { id startedOn } completeness { complete sources { source { name } status } } } }",
        ),
        (
            &token2,
            "{ viewer { role grants { dataset rule tier } } placements(first: 2, orderBy: {startedOn: DESC}) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id startedOn source { name holder provider { name } } youth { pseudonym placements { totalCount nodes { startedOn } } } unit { name location { provider { name } } } region { name municipalities { code } } } } completeness { complete sources { source { name } status } } } }",
        ),
        (
            &token3,
            "{ placements(first: 20, orderBy: {startedOn: DESC}, filter: {startedOn: {gte: \"2025-02-05\"}}) { totalCount nodes { startedOn region { name } } completeness { complete sources { source { name } status } } } sources { name datasets } }",
        ),
        (&token3, "{ placements(first: -1) { totalCount } x: placements { nodes { youth { id } } } }"),
        (&token3, "{ placements(first: -1) { totalCount } __schema { queryType { name } } __typename }"),
        (
            &token3,
            "{ placement(id: \"xx\") { id } node(id: \"UmVnaW9uOkpaMzY\") { id ... on Region { name code } } codeLists { name codes { value label(language: NL) } } }",
        ),
    ] {
        let caller = app.authenticate(Some(&format!("Bearer {t}"))).unwrap();
        let reply = app.answer(caller, Request { query: q.into(), ..Default::default() }).await;
        println!("{}\n", String::from_utf8_lossy(&reply.body).chars().take(3000).collect::<String>());
    }
}
